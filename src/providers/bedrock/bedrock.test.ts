import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, serve, serveRaw, type TestServer } from '../../../test/serve.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import { type BedrockOptions, bedrockProvider } from './bedrock.ts'
import { bedrockDefinition } from './definition.ts'
import { bedrock } from './models.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offpeak-bedrock-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/EXAMPLEKEY' } as const
const roleArn = 'arn:aws:iam::123456789012:role/batches'
const arn = 'arn:aws:bedrock:eu-west-1:123456789012:model-invocation-job/a1b2c3d4e5f6'

function client({ url }: Pick<TestServer, 'url'>, more: Partial<BedrockOptions> = {}): Provider {
  return bedrockProvider({
    region: 'eu-west-1',
    identity: { keys, profile: null },
    endpoints: { bedrock: url, s3: url },
    runtimeEndpoint: url,
    bucket: 'mine',
    prefix: 'offpeak/',
    roleArn,
    timeoutHours: null,
    ...more,
  })
}

function listing(objects: Readonly<Record<string, string>>): string {
  const contents = Object.entries(objects).map(
    ([key, text]) => `<Contents><Key>${key}</Key><Size>${text.length}</Size></Contents>`,
  )
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`
}

/** A bucket with these objects, whose bodies are sent by `send`. */
function bucketOf(
  objects: Readonly<Record<string, string>>,
  send: (response: ServerResponse, text: string, range: string | undefined) => void,
): Promise<TestServer> {
  return serve((request, response) => {
    const url = new URL(request.url ?? '', 'http://any')
    if (url.searchParams.has('list-type'))
      return void response.writeHead(200, { 'content-type': 'application/xml' }).end(listing(objects))
    const text = objects[decodeURIComponent(url.pathname).replace('/mine/', '')]
    if (text === undefined) return void response.writeHead(404).end()
    response.setHeader('x-amz-request-id', 'r1')
    send(response, text, request.headers.range)
  })
}

describe('the results of a job', () => {
  const part = 's3://mine/offpeak/output/a1b2c3d4e5f6/'
  const at = 'offpeak/output/a1b2c3d4e5f6'

  test('come as one file of lines from all of its output objects, without the manifest', async () => {
    const objects = {
      [`${at}/b.jsonl.out`]: '{"recordId":"2"}',
      [`${at}/a.jsonl.out`]: '{"recordId":"1"}\n',
      [`${at}/manifest.json.out`]: '{"totalRecordCount":2}',
    }
    await using server = await bucketOf(objects, (response, text) => void response.end(text))
    const path = join(folder, 'all.jsonl')
    expect(await client(server).fetch(part, path)).toMatchObject({ kind: 'accepted', value: { whole: true } })
    expect(await readFile(path, 'utf8')).toBe('{"recordId":"1"}\n{"recordId":"2"}\n')
  })

  test('are taken up where a connection broke, and never mixed with another version', async () => {
    const text = Array.from({ length: 5_000 }, (_, id) => `{"recordId":"${id}"}\n`).join('')
    const half = Math.floor(text.length / 2)
    await using server = await bucketOf({ [`${at}/a.jsonl.out`]: text }, (response, whole, range) => {
      if (range === undefined) {
        response.writeHead(200, { 'content-length': whole.length, etag: '"one"' })
        response.write(whole.slice(0, half), () => setImmediate(() => response.destroy()))
        return
      }
      const from = Number(/bytes=(\d+)-/.exec(range)?.[1])
      const headers = { 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}`, etag: '"one"' }
      response.writeHead(206, headers).end(whole.slice(from))
    })
    const path = join(folder, 'cut.jsonl')
    expect(await client(server).fetch(part, path)).toMatchObject({ kind: 'accepted' })
    expect(await readFile(path, 'utf8')).toBe(text)
    expect(server.seen.at(-1)?.headers['if-match']).toBe('"one"')
  })

  test('beyond what is allowed are refused, and nothing of them stays', async () => {
    await using server = await bucketOf(
      { [`${at}/a.jsonl.out`]: 'x'.repeat(5_000) },
      (response, text) => void response.end(text),
    )
    const path = join(folder, 'large.jsonl')
    const reply = await client(server).fetch(part, path, undefined, { maxBytes: 1_000 })
    expect(reply).toMatchObject({ kind: 'refused', cause: 'invalid' })
    expect((await readdir(folder)).filter((name) => name.startsWith('large'))).toEqual([])
  })

  test('of a job that completed have to be there; those of one that ended early may be none', async () => {
    await using server = await bucketOf({}, (response) => void response.end())
    const path = join(folder, 'none.jsonl')
    expect(await client(server).fetch(part, path)).toMatchObject({ kind: 'refused', cause: 'gone' })
    expect(await client(server).fetch(`perhaps:${part}`, path)).toMatchObject({
      kind: 'accepted',
      value: { bytes: 0 },
    })
    expect(await readFile(path, 'utf8')).toBe('')
  })
})

test('a page in the place of an object or of its list is neither', async () => {
  const at = 's3://mine/offpeak/output/a1b2c3d4e5f6/'
  const page = '<!doctype html><html><body>Please sign in</body></html>'
  await using server = await serve((_request, response) => void response.writeHead(200).end(page))
  const provider = client(server)
  const path = join(folder, 'page.jsonl')
  await writeFile(path, '{"recordId":"1"}\n')
  const away = { kind: 'refused', cause: 'away', layer: 'network' }
  expect(await provider.fetch(`perhaps:${at}`, path)).toMatchObject(away)
  expect(await provider.staged(`${at}a.jsonl`)).toMatchObject(away)
  expect(await provider.discard(`${at}a.jsonl`)).toMatchObject(away)
  expect(await provider.stage({ path, bytes: 17, filename: 'a.jsonl' })).toMatchObject({ kind: 'unknown' })
  await using objects = await bucketOf(
    { 'offpeak/output/a1b2c3d4e5f6/a.jsonl.out': page },
    (response, text) => {
      response.removeHeader('x-amz-request-id')
      response.end(text)
    },
  )
  expect(await client(objects).fetch(at, path)).toMatchObject(away)
  expect(await readFile(path, 'utf8')).toBe('{"recordId":"1"}\n')
})

describe('a job', () => {
  const base = {
    jobArn: arn,
    jobName: 'offpeak-abc123',
    modelId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    roleArn,
    submitTime: '2026-11-30T10:00:00Z',
    inputDataConfig: { s3InputDataConfig: { s3Uri: 's3://mine/offpeak/input/a.jsonl' } },
    outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://mine/offpeak/output' } },
  }
  const folderOf = 's3://mine/offpeak/output/a1b2c3d4e5f6/'

  test.each([
    ['Submitted', 'validating', null],
    ['Validating', 'validating', null],
    ['Scheduled', 'in_progress', null],
    ['InProgress', 'in_progress', null],
    ['Stopping', 'cancelling', null],
    ['Completed', 'completed', folderOf],
    ['PartiallyCompleted', 'expired', `perhaps:${folderOf}`],
    ['Expired', 'expired', `perhaps:${folderOf}`],
    ['Stopped', 'cancelled', `perhaps:${folderOf}`],
    ['Failed', 'failed', `perhaps:${folderOf}`],
  ])('that is %s is %s', async (status, state, outputPart) => {
    const counts = { totalRecordCount: 120, successRecordCount: 100, errorRecordCount: 3 }
    await using server = await serve((_request, response) =>
      json(response, 200, { ...base, ...counts, status, message: 'said so' }),
    )
    expect(await client(server).batch(arn)).toMatchObject({
      kind: 'accepted',
      value: {
        id: arn,
        state,
        outputPart,
        counts: { total: 120, completed: 100, failed: 3 },
        metadata: { offpeak_nonce: 'abc123' },
        errors: state === 'failed' ? [{ code: 'Failed', message: 'said so' }] : [],
      },
    })
  })

  const newBatch = {
    staged: 's3://mine/offpeak/input/a.jsonl',
    file: { path: '', bytes: 1, filename: 'a.jsonl', requests: 120 },
    endpoint: 'InvokeModel',
    model: base.modelId,
    metadata: { offpeak_nonce: 'abc123' },
    idempotencyKey: 'abc123',
  }

  test('is made with the nonce as token and name, once and without a repetition', async () => {
    await using server = await serve((_request, response) => json(response, 200, { jobArn: arn }))
    expect(await client(server, { timeoutHours: 48 }).create(newBatch)).toMatchObject({
      kind: 'accepted',
      value: { id: arn, state: 'validating', metadata: { offpeak_nonce: 'abc123' } },
    })
    expect(server.seen.map(({ body }): unknown => JSON.parse(body))).toEqual([
      {
        jobName: 'offpeak-abc123',
        clientRequestToken: 'abc123',
        modelId: base.modelId,
        roleArn,
        modelInvocationType: 'InvokeModel',
        inputDataConfig: { s3InputDataConfig: { s3Uri: newBatch.staged, s3InputFormat: 'JSONL' } },
        outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://mine/offpeak/output/' } },
        timeoutDurationInHours: 48,
      },
    ])
  })

  test.each([
    [400, 'ValidationException', { kind: 'refused', cause: 'invalid' }],
    [400, 'ServiceQuotaExceededException', { kind: 'refused', cause: 'quota' }],
    [403, 'AccessDeniedException', { kind: 'refused', cause: 'auth' }],
    [404, 'ResourceNotFoundException', { kind: 'refused', cause: 'gone' }],
    [429, 'ThrottlingException', { kind: 'refused', cause: 'rate' }],
    [409, 'ConflictException', { kind: 'unknown' }],
    [500, 'InternalServerException', { kind: 'unknown' }],
    [503, 'ServiceUnavailableException', { kind: 'unknown' }],
  ])('whose create is answered %i %s', async (status, name, expected) => {
    await using server = await serve((_request, response) => {
      response.writeHead(status, { 'x-amzn-errortype': name, 'content-type': 'application/json' })
      response.end(JSON.stringify({ message: 'in its own words' }))
    })
    const reply = await client(server).create(newBatch)
    expect(reply).toMatchObject(expected)
    expect(reply).toHaveProperty('message', expect.stringContaining('in its own words'))
    expect(server.seen).toHaveLength(1)
  })

  test('whose create is answered by something in between is unknown, and a list of that is none', async () => {
    const page = '<!doctype html><html><body>Please sign in</body></html>'
    for (const status of [200, 403, 404, 429, 502]) {
      await using server = await serve((_request, response) => void response.writeHead(status).end(page))
      expect(await client(server).create(newBatch)).toMatchObject({ kind: 'unknown' })
      expect(await client(server).batches(0)).toMatchObject({ cause: 'away', layer: 'network' })
    }
    await using silent = await serve((_request, response) => void response.writeHead(200).end())
    expect(await client(silent).batches(0)).toMatchObject({ cause: 'away', layer: 'network' })
  })

  test('whose create breaks off is unknown; one that nobody was there to take is not made', async () => {
    await using server = await serveRaw((request) => void request.socket.destroy())
    expect(await client(server).create(newBatch)).toMatchObject({ kind: 'unknown' })
    expect(await client({ url: 'http://127.0.0.1:9' }).create(newBatch)).toMatchObject({
      kind: 'refused',
      cause: 'away',
      layer: 'network',
    })
  })

  test('that has ended cannot be stopped', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(400, { 'x-amzn-errortype': 'ConflictException' })
      response.end(JSON.stringify({ message: 'it has ended' }))
    })
    expect(await client(server).cancel(arn)).toMatchObject({ kind: 'refused', cause: 'conflict' })
  })

  test('is found in a list of all pages', async () => {
    await using server = await serve((request, response) => {
      const second = request.url?.includes('nextToken=more') === true
      const jobArn = second ? `${arn}2` : arn
      const invocationJobSummaries = [{ ...base, jobArn, status: 'InProgress' }]
      json(response, 200, { invocationJobSummaries, ...(second ? {} : { nextToken: 'more' }) })
    })
    const reply = await client(server).batches(1_790_000_000_000)
    expect(reply.kind === 'accepted' && reply.value.map(({ id }) => id)).toEqual([arn, `${arn}2`])
    expect(server.seen[0]?.url).toContain('submitTimeAfter=2026-09-21')
  })
})

test('an input goes to its folder with its bytes', async () => {
  await using server = await serve(
    (_request, response) => void response.writeHead(200, { etag: '"1"' }).end(),
  )
  const path = join(folder, 'input.jsonl')
  await writeFile(path, '{"recordId":"1"}\n')
  const reply = await client(server).stage({ path, bytes: 17, filename: 'offpeak-x.jsonl' })
  expect(reply).toMatchObject({
    kind: 'accepted',
    value: { id: 's3://mine/offpeak/input/offpeak-x.jsonl', filename: 'offpeak-x.jsonl', status: 'ready' },
  })
  expect(server.seen[0]?.method).toBe('PUT')
  expect(server.seen[0]?.url).toMatch(/^\/mine\/offpeak\/input\/offpeak-x\.jsonl/)
  expect(server.seen[0]?.body).toContain('{"recordId":"1"}\n')
})

test('an input that is not there stops us here, and nothing waits for it', async () => {
  await using server = await serve((_request, response) => void response.writeHead(200).end())
  const path = join(folder, 'no-such.jsonl')
  const staged = client(server).stage({ path, bytes: 17, filename: 'offpeak-x.jsonl' })
  await expect(staged).rejects.toMatchObject({ code: 'E_STATE_CORRUPT' })
  expect(server.seen).toEqual([])
})

/** AWS document, Signature Version 4: what a service makes of a request that it has got. */
function signatureOf({ method, url, headers, body }: TestServer['seen'][number]): string {
  const [, scope = '', signed = ''] =
    /Credential=[^/]+\/(\S+), SignedHeaders=([^,]+),/.exec(headers.authorization ?? '') ?? []
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
  const canonical = [
    method,
    url.split('/').map(encodeURIComponent).join('/'),
    '',
    ...signed.split(';').map((name) => `${name}:${String(headers[name])}`),
    '',
    signed,
    hash(body),
  ].join('\n')
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n')
  let key: string | Buffer = `AWS4${keys.secretAccessKey}`
  for (const piece of [...scope.split('/'), text]) key = createHmac('sha256', key).update(piece).digest()
  return Buffer.from(key).toString('hex')
}

test('a record that is asked at once is signed as it is sent', async () => {
  await using server = await serve((_request, response) =>
    json(response, 200, { type: 'message', content: [] }),
  )
  const body = '{"anthropic_version":"bedrock-2023-05-31","messages":[]}'
  const ask = {
    endpoint: 'InvokeModel',
    model: 'anthropic.claude-haiku-5-5-v1:0',
    body,
    deliveryMode: 'realtime',
  } as const
  expect(await client(server).complete(ask)).toMatchObject({ kind: 'accepted', value: { status: 200 } })
  const [seen] = server.seen
  expect(seen?.url).toBe('/model/anthropic.claude-haiku-5-5-v1%3A0/invoke')
  expect(seen?.body).toBe(body)
  expect(seen?.headers.authorization).toContain('/eu-west-1/bedrock/aws4_request')
  expect(seen?.headers.authorization).toContain(`Signature=${seen && signatureOf(seen)}`)
})

describe('the project', () => {
  const model = bedrock('anthropic.claude-haiku-5-5-v1:0', { bucket: 'mine' })
  const setup = (
    values: Readonly<Record<string, string>>,
    of = model,
  ): Parameters<typeof bedrockDefinition.missing>[0] => ({
    model: of,
    env: (name) => values[name] ?? null,
    token: null,
    hasHeaders: false,
  })

  test('is told which names are missing, and none for what the job says', () => {
    expect(bedrockDefinition.missing(setup({}))).toEqual(['AWS_REGION', 'BEDROCK_BATCH_ROLE_ARN'])
    expect(
      bedrockDefinition.missing(setup({ AWS_DEFAULT_REGION: 'eu-west-1', BEDROCK_BATCH_ROLE_ARN: roleArn })),
    ).toEqual([])
    const whole = bedrock('anthropic.claude-haiku-5-5-v1:0', { bucket: 'mine', roleArn, region: 'eu-west-1' })
    expect(bedrockDefinition.missing(setup({}, whole))).toEqual([])
  })

  test('signs with keys of its own environment, which no other part of the process sees', async () => {
    await using server = await serve((_request, response) => json(response, 200, {}))
    const provider = bedrockDefinition.connect(
      setup({
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'AKIAPROJECT',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_SESSION_TOKEN: 'session',
        BEDROCK_BATCH_ROLE_ARN: roleArn,
        AWS_ENDPOINT_URL_BEDROCK: server.url,
      }),
      { emulator: null },
    )
    expect(provider.account).toBe('bedrock/eu-west-1/123456789012')
    await provider.batches(0)
    expect(server.seen[0]?.headers.authorization).toContain('Credential=AKIAPROJECT/')
    expect(server.seen[0]?.headers['x-amz-security-token']).toBe('session')
    expect(
      Object.keys(process.env).filter((name) =>
        /^(?:AWS_(?:ACCESS|SECRET|SESSION|REGION|ENDPOINT)|BEDROCK_)/.test(name),
      ),
    ).toEqual([])
  })

  test('is told that there are no credentials where a profile is not there', async () => {
    await using server = await serve((_request, response) => json(response, 200, {}))
    const provider = client(server, { identity: { keys: null, profile: 'offpeak-no-such-profile' } })
    expect(await provider.batches(0)).toMatchObject({
      kind: 'refused',
      cause: 'auth',
      message: expect.stringMatching(/^no credentials: /),
    })
    const ask = {
      endpoint: 'InvokeModel',
      model: 'anthropic.claude-haiku-5-5-v1:0',
      body: '{}',
      deliveryMode: 'realtime',
    } as const
    expect(await provider.complete(ask)).toMatchObject({ kind: 'refused', cause: 'auth' })
    expect(server.seen).toEqual([])
  })
})
