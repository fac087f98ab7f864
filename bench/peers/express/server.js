// The usual way to check API keys: hash the key, ask PostgreSQL by the hash, answer.
// Environment: PORT, DATABASE_URL.
import { createHash } from "node:crypto";
import express from "express";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
const app = express();
app.disable("x-powered-by");
app.disable("etag");

// A name makes it a prepared statement, planned once a connection.
const findKey = { name: "find-key", text: "SELECT id, revoked FROM api_keys WHERE secret_hash = $1" };

app.get("/check", async (request, response) => {
  const key = request.get("x-api-key") ?? "";
  const hash = createHash("sha256").update(key).digest();
  const { rows } = await pool.query({ ...findKey, values: [hash] });
  const valid = rows.length === 1 && !rows[0].revoked;
  response.status(valid ? 200 : 401).json({ valid });
});

app.listen(Number(process.env.PORT), "127.0.0.1");
