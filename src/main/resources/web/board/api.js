// Requests for data that the feed does not contain.

const REPLY_TIMEOUT_MS = 20_000;

/** A reply without data. */
export class ReplyFailure extends Error {
  /** @param details of the error in the reply; null if it has none */
  constructor(message, status, details) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

/** Requests with the key that getKey() returns; a reply for another key is dropped. */
export function createApi(getKey) {
  async function request(path, {method = 'GET', body: sent} = {}) {
    const key = getKey();
    if (!key) {
      throw new ReplyFailure('', 0, null);
    }
    const reply = await fetch(`api/v1/${path}`, {
      method,
      headers: {'X-API-Key': key, 'Accept': 'application/json', ...sent && {'Content-Type': 'application/json'}},
      body: sent && JSON.stringify(sent),
      signal: AbortSignal.timeout(REPLY_TIMEOUT_MS),
      cache: 'no-store',
      redirect: 'error',
    });
    if (!reply.ok) {
      const body = await reply.json().catch(() => null);
      throw new ReplyFailure(body?.error?.message ?? '', reply.status, body?.error?.details ?? null);
    }
    const body = await reply.json();
    if (key !== getKey()) {
      throw new ReplyFailure('', 0, null);
    }
    return body;
  }

  const data = async path => (await request(path)).data;

  return {
    data,
    /** Changes something; the body is sent as JSON. */
    send: async (method, path, body) => (await request(path, {method, body})).data,

    /** As data(), but null on failure. */
    optional: path => data(path).catch(() => null),

    /** All pages of a list, at most some. */
    async pages(path, name, most) {
      const list = [];
      let cursor = null;
      for (let page = 0; page < most; page++) {
        const next = await data(path + (cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''));
        list.push(...next[name]);
        cursor = next.next;
        if (!cursor) {
          break;
        }
      }
      return list;
    },
  };
}

/** A query of the values that are not empty. */
export function query(values) {
  const known = Object.entries(values).filter(([, value]) => value !== null && value !== '' && value !== undefined);
  return new URLSearchParams(known).toString();
}
