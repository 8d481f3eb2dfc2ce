import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";

// nock replaces Node's sockets as soon as it is imported, and each test file of a worker imports it anew. So it is loaded
// only where other people's servers are played with it, is at work only while those tests run, and is taken out after them:
// patches that pile up read bodies twice and keep a database's connection from opening.
if (/\/test\/(github|outage)\//.test(expect.getState().testPath ?? "")) {
  const { default: nock } = await import("nock");
  nock.restore();
  beforeAll(() => nock.activate());
  afterEach(() => nock.cleanAll());
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });
}
