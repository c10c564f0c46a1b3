import { existsSync, readFileSync } from 'node:fs'
import { type ValidateFunction, Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Emulator } from '../../src/emulator/index.ts'
import { chatLines, openai, startFast, submit, upload, waitFor } from './emulator-kit.ts'

const openaiExtract = new URL('../../../shared/openai/openapi-extract.json', import.meta.url)
const isPresent = existsSync(openaiExtract)
if (!isPresent)
  console.warn('openapi.test.ts is skipped: no extract of the OpenAPI document beside this checkout.')

type Schema = Record<string, unknown>

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface Overlay {
  readonly schema: string
  readonly reason: string
  readonly change: (schema: Schema) => void
}

/** Where the document contradicts its own examples and recorded answers. */
const overlays: readonly Overlay[] = [
  {
    schema: 'Batch',
    reason:
      'Its own examples carry null for errors, file ids and times; the schema says they are never null.',
    change: allowNullInOptional,
  },
  {
    schema: 'OpenAIFile',
    reason: 'Recorded file objects carry status_details: null.',
    change: allowNullInOptional,
  },
  {
    schema: 'ListFilesResponse',
    reason: 'first_id and last_id of an empty list are null.',
    change: (schema) => {
      allowNull(schema, 'first_id')
      allowNull(schema, 'last_id')
    },
  },
  {
    schema: 'ListBatchesResponse',
    reason: 'first_id and last_id of an empty list are null.',
    change: allowNullInOptional,
  },
]

function allowNullInOptional(schema: Schema): void {
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  if (!isSchema(schema['properties'])) return
  for (const name of Object.keys(schema['properties'])) if (!required.includes(name)) allowNull(schema, name)
}

function allowNull(schema: Schema, name: string): void {
  const { properties } = schema
  if (isSchema(properties)) properties[name] = { anyOf: [properties[name], { type: 'null' }] }
}

/** `nullable` without `type` is not a keyword of JSON Schema 2020-12. */
function stripNullable(value: unknown): void {
  if (Array.isArray(value)) value.forEach(stripNullable)
  if (!isSchema(value)) return
  if ('nullable' in value && !('type' in value)) delete value['nullable']
  Object.values(value).forEach(stripNullable)
}

function validatorFor(document: Schema): (name: string) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
  ajv.addSchema(document, 'openai')
  return (name) => {
    const validate = ajv.getSchema(`openai#/components/schemas/${name}`)
    if (!validate) throw new Error(`The document has no schema ${name}.`)
    return validate
  }
}

describe.skipIf(!isPresent)('the shapes of the published document', () => {
  let emulator: Emulator
  let schema: (name: string) => ValidateFunction

  beforeAll(async () => {
    const document: Schema = JSON.parse(readFileSync(openaiExtract, 'utf8'))
    stripNullable(document)
    const components = document['components']
    const schemas = isSchema(components) ? components['schemas'] : undefined
    for (const overlay of overlays) {
      const target = isSchema(schemas) ? schemas[overlay.schema] : undefined
      if (!isSchema(target)) throw new Error(`The overlay for ${overlay.schema} has no target.`)
      overlay.change(target)
    }
    schema = validatorFor(document)
    emulator = await startFast()
  })
  afterAll(async () => {
    await emulator.close()
  })

  function check(name: string, value: unknown): void {
    const validate = schema(name)
    const valid = validate(value)
    expect({ name, valid, errors: validate.errors ?? [] }).toEqual({ name, valid: true, errors: [] })
  }

  async function get(path: string): Promise<unknown> {
    const answer = await fetch(`${emulator.openaiBaseUrl}${path}`, { headers: { authorization: 'Bearer k' } })
    return answer.json()
  }

  async function post(path: string, body: object): Promise<unknown> {
    const answer = await fetch(`${emulator.openaiBaseUrl}${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer k', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return answer.json()
  }

  it('holds for empty lists, files and batches in every state', async () => {
    const client = openai(emulator)
    check('ListFilesResponse', await get('/files'))
    check('ListBatchesResponse', await get('/batches'))
    const file = await upload(client, chatLines(3))
    check('OpenAIFile', await get(`/files/${file.id}`))
    const batch = await submit(client, chatLines(3), { metadata: { a: 'b' } })
    check('Batch', await get(`/batches/${batch.id}`))
    await waitFor(client, batch.id)
    check('Batch', await get(`/batches/${batch.id}`))
    const failed = await submit(client, '{}\n')
    await waitFor(client, failed.id)
    check('Batch', await get(`/batches/${failed.id}`))
    check('ListBatchesResponse', await get('/batches'))
    check('ListFilesResponse', await get('/files'))
    const gone = await fetch(`${emulator.openaiBaseUrl}/files/${file.id}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer k' },
    })
    check('DeleteFileResponse', await gone.json())
  })

  it('holds for errors', async () => {
    check('ErrorResponse', await get('/files/file-none'))
    check('ErrorResponse', await get('/nowhere'))
    check('ErrorResponse', await post('/batches', {}))
  })

  it('holds for models, chat completions, responses and embeddings', async () => {
    check('ListModelsResponse', await get('/models'))
    check('Model', await get('/models/gpt-4o'))
    const request = {
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'Say a word about shapes.' }],
    }
    check('CreateChatCompletionRequest', request)
    check('CreateChatCompletionResponse', await post('/chat/completions', request))
    check(
      'CreateChatCompletionResponse',
      await post('/chat/completions', { ...request, n: 2, max_tokens: 3 }),
    )
    const refusing = [{ role: 'user', content: '[[refusal]]' }]
    check('CreateChatCompletionResponse', await post('/chat/completions', { ...request, messages: refusing }))
    const response = { model: 'gpt-4o-mini', input: 'Say a word about shapes and their names.' }
    check('Response', await post('/responses', response))
    check('Response', await post('/responses', { ...response, max_output_tokens: 16 }))
    check('Response', await post('/responses', { ...response, input: '[[refusal]]' }))
    check('Response', await post('/responses', { ...response, input: '[[split]] a text that comes twice' }))
    const vectors = { model: 'text-embedding-3-small', input: ['one', 'two'], dimensions: 8 }
    check('CreateEmbeddingRequest', vectors)
    check('CreateEmbeddingResponse', await post('/embeddings', vectors))
  })
})
