import { afterAll, afterEach } from "@jest/globals";
import nock from "nock";

afterEach(() => {
  nock.cleanAll();
});

// Every test file of a worker imports nock anew and patches Node's http again: without restore() the patches pile up.
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});
