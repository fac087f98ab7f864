import { defineConfig } from "@playwright/test";
import shared from "./playwright.config.ts";

// `LOCKWORK_BIN=…/target/release/lockwork npm run bench --workspace e2e`
export default defineConfig({ ...shared, testDir: "bench", testMatch: "*.bench.ts", workers: 1, timeout: 300_000 });
