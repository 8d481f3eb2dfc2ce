import { randomBytes } from "node:crypto";
import pg from "pg";

/**
 * A database of its own where the suite runs on PostgreSQL, else none.
 *
 * @param like what else `create database` is told, such as a collation.
 */
export async function freshDatabase(
  like = "",
): Promise<{ readonly url: string; readonly drop: () => Promise<void> } | null> {
  const server = process.env["FLOWGATE_TEST_DATABASE_URL"];
  if (server === undefined) return null;
  const name = `fresh_${randomBytes(6).toString("hex")}`;
  const admin = async (statement: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await admin(`create database ${name} ${like}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => admin(`drop database ${name} with (force)`) };
}
