import { randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

/** A database to write to and to ask in InfluxQL. */
export interface InfluxClient {
  write(lines: readonly string[]): Promise<void>;
  /** The rows of all series. Throws what the server has against the query. */
  query(influxql: string): Promise<unknown[][]>;
  /** Removes what was made for the test. */
  close(): Promise<void>;
}

type Headers = Record<string, string>;

interface Place {
  url: string;
  writePath: string;
  database: string;
  headers: Headers;
  close?: () => Promise<void>;
}

const ORG = 'campus';
const BUCKET = 'campus';
const LINES_A_REQUEST = 20_000;

const Answer = Type.Object({
  results: Type.Array(
    Type.Object({
      error: Type.Optional(Type.String()),
      series: Type.Optional(
        Type.Array(Type.Object({ values: Type.Array(Type.Array(Type.Unknown())) })),
      ),
    }),
  ),
});

async function ask(
  url: string,
  headers: Headers,
  body?: string | URLSearchParams,
): Promise<unknown> {
  const response = await fetch(
    url,
    body === undefined ? { headers } : { method: 'POST', headers, body },
  );
  const answer = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${answer.slice(0, 500)}`);
  return answer === '' ? undefined : JSON.parse(answer);
}

function connect({ url, writePath, database, headers, close }: Place): InfluxClient {
  return {
    async write(lines) {
      for (let at = 0; at < lines.length; at += LINES_A_REQUEST) {
        await ask(url + writePath, headers, lines.slice(at, at + LINES_A_REQUEST).join('\n'));
      }
    },
    // as Grafana asks: a form that is posted
    async query(q) {
      const form = new URLSearchParams({ db: database, epoch: 'ms', q });
      const { results } = Value.Parse(Answer, await ask(`${url}/query`, headers, form));
      const error = results.find((result) => result.error !== undefined)?.error;
      if (error !== undefined) throw new Error(error);
      return results.flatMap(({ series = [] }) => series.flatMap(({ values }) => values));
    },
    close: close ?? (async () => undefined),
  };
}

/** A fresh InfluxDB 1: no users, a database of its own. */
export async function connect1(url: string): Promise<InfluxClient> {
  await ask(`${url}/query`, {}, new URLSearchParams({ q: `CREATE DATABASE ${BUCKET}` }));
  const writePath = `/write?${new URLSearchParams({ db: BUCKET, precision: 'ms' })}`;
  return connect({ url, writePath, database: BUCKET, headers: {} });
}

const writeTo = (org: Record<string, string>, bucket: string) =>
  `/api/v2/write?${new URLSearchParams({ ...org, bucket, precision: 'ms' })}`;

const Setup = Type.Object({ allowed: Type.Boolean() });
const Ids = Type.Array(Type.Object({ id: Type.String() }));

/**
 * InfluxDB 2. A new one is set up; in one that is already, `token` (all access) makes a bucket that
 * is gone afterwards.
 */
export async function connect2(
  url: string,
  token = randomBytes(16).toString('hex'),
): Promise<InfluxClient> {
  const headers = { authorization: `Token ${token}` };
  const json = { ...headers, 'content-type': 'application/json' };
  if (Value.Parse(Setup, await ask(`${url}/api/v2/setup`, {})).allowed) {
    const password = randomBytes(16).toString('hex');
    const setup = { username: 'test', password, org: ORG, bucket: BUCKET, token };
    await ask(`${url}/api/v2/setup`, json, JSON.stringify(setup));
    return connect({ url, writePath: writeTo({ org: ORG }, BUCKET), database: BUCKET, headers });
  }
  const { orgs } = Value.Parse(
    Type.Object({ orgs: Ids }),
    await ask(`${url}/api/v2/orgs`, headers),
  );
  const orgID = orgs[0]?.id;
  if (orgID === undefined) throw new Error('INFLUX_TOKEN sees no organization');
  const database = `dashboards-${randomBytes(4).toString('hex')}`;
  const wanted = JSON.stringify({ orgID, name: database, retentionRules: [] });
  const made = Value.Parse(
    Type.Object({ id: Type.String() }),
    await ask(`${url}/api/v2/buckets`, json, wanted),
  );
  const close = async () => {
    await fetch(`${url}/api/v2/buckets/${made.id}`, { method: 'DELETE', headers });
  };
  return connect({ url, writePath: writeTo({ orgID }, database), database, headers, close });
}
