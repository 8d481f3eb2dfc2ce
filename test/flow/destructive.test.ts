import { describe, expect, it } from "@jest/globals";
import { destructiveIn } from "../../src/flow/destructive.ts";

describe("what may destroy data", () => {
  it.each<[string, string]>([
    ["DROP TABLE users;", "DROP TABLE users"],
    ["drop table if exists users;", "drop table if exists users"],
    ["DROP\n  TABLE\tusers", "DROP TABLE users"],
    ["DROP/**/TABLE users", "DROP TABLE users"],
    ["CREATE TABLE a (b int); DROP SCHEMA old CASCADE;", "DROP SCHEMA old CASCADE"],
    ["DROP MATERIALIZED VIEW totals", "DROP MATERIALIZED VIEW totals"],
    ["TRUNCATE TABLE users", "TRUNCATE TABLE users"],
    ["truncate users, carts", "truncate users, carts"],
    ['TRUNCATE "users"', 'TRUNCATE "users"'],
    ["DELETE FROM users;", "DELETE FROM users"],
    ["DELETE FROM users; SELECT 1 WHERE true", "DELETE FROM users"],
    ["DELETE FROM a DELETE FROM b WHERE c = 1", "DELETE FROM a DELETE FROM b WHERE c = 1"],
    ["ALTER TABLE users DROP email", "ALTER TABLE users DROP email"],
    ["ALTER TABLE users ALTER COLUMN age TYPE int", "ALTER COLUMN age TYPE int"],
    ["ALTER TABLE users MODIFY age int", "ALTER TABLE users MODIFY age int"],
    ["ALTER TABLE users RENAME TO people", "ALTER TABLE users RENAME TO people"],
    ["ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'", "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'"],
    ["RENAME TABLE a TO b", "RENAME TABLE a TO b"],
    ["EXEC sp_rename 'a', 'b'", "sp_rename 'a', 'b'"],
    ["remove_column :users, :email", "remove_column :users, :email"],
    ["    rename_column :users, :email, :mail", "rename_column :users, :email, :mail"],
    ["change_column :users, :age, :integer", "change_column :users, :age, :integer"],
    ["drop_join_table :a, :b", "drop_join_table :a, :b"],
    ["User.delete_all", "delete_all"],
    ["migrations.RemoveField(model_name='user')", "RemoveField(model_name='user')"],
    ["migrations.DeleteModel('User')", "DeleteModel('User')"],
    ["op.drop_column('users', 'email')", "drop_column('users', 'email')"],
    ["await queryInterface.removeColumn('users', 'email')", "removeColumn('users', 'email')"],
    ["Schema::dropIfExists('users')", "dropIfExists('users')"],
    ["t.dropColumn('email')", "dropColumn('email')"],
    ["db.users.updateMany({}, { $unset: { email: 1 } })", "$unset: { email: 1 } })"],
    ["db.dropCollection('users')", "dropCollection('users')"],
    ["db.users.drop()", ".drop()"],
    ["db.users.deleteMany({})", ".deleteMany({})"],
    ['psql --command "DROP TABLE users"', 'DROP TABLE users"'],
    ["/*! DROP TABLE users */", "DROP TABLE users */"],
    ["/* never closed DROP TABLE users", "DROP TABLE users"],
    ["/* one */ /* two */ DROP TABLE users", "DROP TABLE users"],
    ['execute "DELETE FROM users"\nUser.where(id: 1)', "DELETE FROM users"],
    ["migrationBuilder.DropColumn(name: x)", "DropColumn(name: x)"],
  ])("%j", (text, told) => {
    expect(destructiveIn(text)).toEqual([told]);
  });

  it.each<[string]>([
    [""],
    ["-- DROP TABLE users"],
    ["   -- DROP TABLE users\nSELECT 1"],
    ["SELECT 1; -- DROP TABLE users"],
    ["/* DROP TABLE users */ SELECT 1"],
    ["/* DROP\nTABLE users\n*/"],
    ["DELETE FROM users WHERE id = 1"],
    ["DELETE FROM users\nUSING a\nWHERE a.id = users.id"],
    ["CREATE TABLE dropped (a int)"],
    ["ALTER TABLE users ADD COLUMN email text"],
    ["ALTER TYPE mood ADD VALUE 'calm'"],
    ["CREATE INDEX a ON b (c)"],
    ["add_column :users, :email, :string"],
    ["truncate(title)"],
    ["Drop me a line"],
    ["airdrop table"],
    ["INSERT INTO a VALUES (1)"],
  ])("but not %j", (text) => {
    expect(destructiveIn(text)).toEqual([]);
  });

  it("tells the first few, cut short, each once", () => {
    expect(destructiveIn("DROP TABLE a;\nDROP TABLE a;\nDROP TABLE b;")).toEqual(["DROP TABLE a", "DROP TABLE b"]);
    expect(destructiveIn([..."abcdefgh"].map((name) => `DROP TABLE ${name};`).join("\n"))).toHaveLength(5);
    const [told = ""] = destructiveIn(`DROP TABLE ${"x".repeat(200)}`);
    expect(told).toHaveLength(81);
    expect(told).toMatch(/x…$/);
    expect(destructiveIn("ALTER TABLE a DROP COLUMN b")).toEqual(["DROP COLUMN b"]);
  });

  it.each(["DELETE FROM a ", "ALTER TABLE a ", "/*", "--", '"   ', "DROP ", " \n", "( --", "truncate ", "where "])(
    "takes no longer for a text that was made to: %j",
    (text) => {
      const started = performance.now();
      destructiveIn(text.repeat(Math.floor(400_000 / text.length)));
      expect(performance.now() - started).toBeLessThan(3_000);
    },
  );
});
