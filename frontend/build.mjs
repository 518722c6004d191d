// Builds the page assets: node build.mjs <output folder>. Names carry a hash of the content, so that
// browsers may keep them for ever; assets.json maps the plain names to them.
import { build } from "esbuild";
import { compile } from "sass";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "dist"));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const style = compile(join(here, "scss/pims.scss"), {
  loadPaths: [join(here, "node_modules"), here],
  quietDeps: true,
  silenceDeprecations: ["import"],
});

const common = {
  bundle: true,
  minify: true,
  write: true,
  metafile: true,
  outdir: out,
  entryNames: "pims.[hash]",
  assetNames: "[name].[hash]",
  loader: { ".woff2": "file" },
  legalComments: "none",
  logLevel: "warning",
};

const css = await build({
  ...common,
  stdin: { contents: style.css, resolveDir: here, loader: "css", sourcefile: "pims.css" },
});
const js = await build({
  ...common,
  entryPoints: { pims: join(here, "src/pims.js") },
  format: "esm",
  target: "es2022",
});

const names = {};
for (const file of [...Object.keys(css.metafile.outputs), ...Object.keys(js.metafile.outputs)]) {
  const name = basename(file);
  const plain = name.replace(/\.[A-Z0-9]{8}\./, ".");
  names[plain] = relative(out, resolve(file));
}

const icon = readFileSync(join(here, "src/icon.svg"));
const iconHash = createHash("sha256").update(icon).digest("hex").slice(0, 8).toUpperCase();
names["icon.svg"] = `icon.${iconHash}.svg`;
writeFileSync(join(out, names["icon.svg"]), icon);

for (const file of Object.values(names)) {
  if (!file.endsWith(".woff2")) {
    const content = readFileSync(join(out, file));
    writeFileSync(join(out, `${file}.gz`), gzipSync(content, { level: 9 }));
  }
}
writeFileSync(join(out, "assets.json"), JSON.stringify(names, null, 2));
