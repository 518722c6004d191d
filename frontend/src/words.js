// The few words that scripts need, translated by the server in the page.
export function word(name) {
  return document.getElementById("p-words")?.dataset[name] ?? "";
}

export function say(text) {
  const said = document.getElementById("p-said");
  if (said) said.textContent = text;
}
