// Puts a compressed copy beside each file that a browser asks for by name: the binary serves both.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";

for (const app of ["portal", "console"]) {
  const assets = new URL(`${app}/dist/assets/`, import.meta.url);
  for (const name of await readdir(assets, { recursive: true })) {
    if (!/\.(js|css|svg)$/.test(name)) continue;
    const file = new URL(name, assets);
    await writeFile(new URL(`${name}.br`, assets), brotliCompressSync(await readFile(file)));
  }
}
