// Says plainly that there is no connection, on every page.
export function showConnection() {
  const notice = document.getElementById("p-offline");
  if (notice) notice.hidden = navigator.onLine;
}

export function initConnection() {
  addEventListener("online", showConnection);
  addEventListener("offline", showConnection);
  showConnection();
}
