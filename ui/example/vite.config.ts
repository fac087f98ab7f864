import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  server: { host: "127.0.0.1", allowedHosts: [".localhost"] },
  preview: { host: "127.0.0.1", allowedHosts: [".localhost"] },
});
