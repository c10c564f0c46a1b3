import { expect, test } from 'vitest'
import { matches, readDocument } from './api-document.ts'
import { curlLine } from './curl-line.ts'
import { exampleOf, schemaWords, typeOf } from './schema-words.ts'

const schemas = {
  DeliveryMode: { type: 'string', enum: ['batch', 'flex'] },
  Run: {
    type: 'object',
    description: 'where a run stands',
    properties: {
      run: { type: 'string', maxLength: 10 },
      deliveryMode: { $ref: '#/components/schemas/DeliveryMode' },
      next: { $ref: '#/components/schemas/Run' },
      cost: { type: ['integer', 'null'], maximum: Number.MAX_SAFE_INTEGER },
    },
    required: ['run'],
  },
}

const document = {
  info: { title: 'Offpeak', version: '1' },
  paths: {
    '/api/v1/jobs/{job}/runs': {
      post: {
        tags: ['Runs'],
        summary: 'Start a run',
        'x-scope': 'run',
        parameters: [
          { name: 'job', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'dry', in: 'query', required: true, schema: { type: 'boolean' } },
          { name: 'idempotency-key', in: 'header', schema: { type: 'string' }, description: 'once' },
        ],
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: { maxCost: { type: 'string', example: '$90' }, limit: { type: 'integer' } },
              },
            },
          },
        },
        responses: {
          201: {
            description: 'done',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Run' } } },
          },
          422: { description: 'not so' },
          500: null,
        },
      },
      'x-odd': 3,
    },
    '/healthz': { get: { summary: 'Whether it answers', responses: {} } },
    '/odd': null,
  },
  components: { schemas },
  'x-problems': [{ code: 'E_USAGE', status: 422, who: 'user', exit: 2 }, 'odd'],
}

test('a document is read, and what is not understood is left out', () => {
  const { operations, problems, title } = readDocument(document)
  expect(title).toBe('Offpeak')
  expect(operations.map(({ id, tag, scope, spends }) => [id, tag, scope, spends])).toEqual([
    ['post-jobs-job-runs', 'Runs', 'run', true],
    ['get-healthz', 'Other', null, false],
  ])
  expect(operations[0]?.answers.map(({ status, content }) => [status, content?.media])).toEqual([
    ['201', 'application/json'],
    ['422', undefined],
  ])
  expect(problems).toEqual([{ code: 'E_USAGE', status: 422, who: 'user', exit: 2 }])
  for (const odd of [null, 3, [], { paths: 1 }]) expect(readDocument(odd).operations).toEqual([])
})

test('routes are found by words in any order', () => {
  const [start] = readDocument(document).operations
  if (start === undefined) throw new Error('no route')
  expect(matches(start, 'post runs')).toBe(true)
  expect(matches(start, 'START')).toBe(true)
  expect(matches(start, 'cancel')).toBe(false)
  expect(matches(start, '')).toBe(true)
})

test('schemas in words', () => {
  const run = { $ref: '#/components/schemas/Run' }
  expect(typeOf(run, schemas)).toBe('Run')
  expect(typeOf({ type: 'array', items: run }, schemas)).toBe('list of Run')
  expect(typeOf({ $ref: '#/components/schemas/DeliveryMode' }, schemas)).toBe('"batch" | "flex"')
  expect(typeOf({ type: 'object', additionalProperties: { type: 'integer' } }, schemas)).toBe(
    'object of whole number',
  )
  expect(typeOf({ anyOf: [run, { type: 'null' }] }, schemas)).toBe('Run or null')
  expect(typeOf({}, schemas)).toBe('anything')
  expect(
    schemaWords({ type: 'array', items: run }, schemas).fields.map(({ name, required }) => [name, required]),
  ).toEqual([
    ['run', true],
    ['deliveryMode', false],
    ['next', false],
    ['cost', false],
  ])
  expect(schemaWords(run, schemas).description).toBe('where a run stands')
  expect(schemaWords({ type: 'string', maxLength: 10 }, schemas).bounds).toEqual(['at most 10 characters'])
  expect(schemaWords(schemas.Run.properties.cost, schemas)).toMatchObject({
    type: 'whole number or null',
    bounds: [],
  })
})

test('an example has what is required, and ends though a schema has itself inside', () => {
  expect(exampleOf({ $ref: '#/components/schemas/Run' }, schemas)).toEqual({ run: '…' })
  const endless = {
    Loop: { type: 'object', properties: { in: { $ref: '#/components/schemas/Loop' } }, required: ['in'] },
  }
  expect(JSON.stringify(exampleOf({ $ref: '#/components/schemas/Loop' }, endless)).length).toBeLessThan(100)
})

test('a call for the shell', () => {
  const [start, health] = readDocument(document).operations
  if (start === undefined || health === undefined) throw new Error('no route')
  expect(curlLine(start, schemas, 'http://127.0.0.1:4100')).toBe(
    `curl -X POST 'http://127.0.0.1:4100/api/v1/jobs/JOB/runs?dry=false' -H "X-API-Key: $OFFPEAK_API_KEY" -H "Idempotency-Key: $(uuidgen)" -H 'content-type: application/json' -d '{"maxCost":"$90"}'`,
  )
  expect(curlLine(health, schemas, 'http://127.0.0.1:4100')).toBe('curl http://127.0.0.1:4100/healthz')
})
