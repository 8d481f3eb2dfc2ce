import { expect, test } from "@jest/globals";
import pg from "pg";

test("the throw-away server gives each suite a database of its own", async () => {
  const url = new URL(process.env["FLOWGATE_TEST_DATABASE_URL"] ?? "");
  const maintenance = new pg.Client({ connectionString: url.href });
  await maintenance.connect();
  await maintenance.query("create database own");
  url.pathname = "/own";
  const own = new pg.Client({ connectionString: url.href });
  await own.connect();
  const { rows } = await own.query<{ name: string; fsync: string }>(
    "select current_database() as name, current_setting('fsync') as fsync",
  );
  expect(rows).toEqual([{ name: "own", fsync: "off" }]);
  await own.end();
  await maintenance.query("drop database own");
  await maintenance.end();
});
