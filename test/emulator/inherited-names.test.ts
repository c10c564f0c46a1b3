import { expect, test } from 'vitest'
import { startEmulator } from '../../src/emulator/index.ts'

const inherited = Object.getOwnPropertyNames(Object.prototype)
/** A name of the same kind that nothing has. */
const unknownField = 'nosuchname'

interface Door {
  readonly method: string
  readonly path: string
  readonly body?: string
}

const post = (path: string, body: string): Door => ({ method: 'POST', path, body })

function geminiDoors(name: string): readonly Door[] {
  const flash = '/gemini/v1beta/models/gemini-2.5-flash'
  const contents = '"contents":[{"parts":[{"text":"Hi"}]}]'
  const schema = `{"type":"OBJECT","properties":{"${name}":{"type":"STRING"}},"required":["${name}"]}`
  const batch = (fields: string): Door => post(`${flash}:batchGenerateContent`, `{"batch":{${fields}}}`)
  return [
    { method: 'GET', path: `/gemini/${name}` },
    { method: 'GET', path: `/gemini/v1beta/models/${name}` },
    { method: 'GET', path: `/gemini/v1beta/files/${name}` },
    { method: 'GET', path: `/gemini/v1beta/batches/${name}` },
    { method: 'GET', path: `/gemini/v1beta/batches?pageToken=${name}` },
    post(`${flash}:${name}`, '{}'),
    post(`/gemini/v1beta/models/${name}:generateContent`, `{${contents}}`),
    post(`${flash}:generateContent`, `{"${name}":1,${contents}}`),
    post(`${flash}:generateContent`, `{${contents},"generationConfig":{"${name}":1}}`),
    post(
      `${flash}:generateContent`,
      `{${contents},"generationConfig":{"responseMimeType":"application/json","responseSchema":${schema}}}`,
    ),
    batch(`"${name}":1`),
    batch(`"inputConfig":{"fileName":"${name}"}`),
    post(`/gemini/upload/v1beta/files/${name}`, 'x'),
  ]
}

function mistralDoors(name: string): readonly Door[] {
  const messages = '"messages":[{"role":"user","content":"Hi"}]'
  const chat = (fields: string): Door =>
    post('/mistral/v1/chat/completions', `{"model":"mistral-small-latest",${fields}}`)
  const job = (fields: string): Door => post('/mistral/v1/batch/jobs', `{"input_files":["x"],${fields}}`)
  return [
    { method: 'GET', path: `/mistral/v1/${name}` },
    { method: 'GET', path: `/mistral/v1/models/${name}` },
    { method: 'GET', path: `/mistral/v1/files/${name}` },
    { method: 'GET', path: `/mistral/v1/batch/jobs/${name}` },
    { method: 'GET', path: `/mistral/v1/batch/jobs?${name}=1` },
    { method: 'GET', path: `/mistral/v1/batch/jobs?status=${name}` },
    post('/mistral/v1/chat/completions', `{"model":"${name}",${messages}}`),
    chat(`"${name}":1,${messages}`),
    chat(`"messages":[{"role":"${name}","content":"Hi"}]`),
    chat(`"messages":[{"role":"user","content":"Hi","${name}":1}]`),
    job(`"endpoint":"${name}"`),
    job(`"endpoint":"/v1/chat/completions","metadata":{"${name}":"1"}`),
    job(`"endpoint":"/v1/chat/completions","${name}":1`),
  ]
}

/** Calls that carry a name of the caller's. */
function doors(name: string): readonly Door[] {
  const chat = `"messages":[{"role":"user","content":"Hi"}]`
  const shape = `{"type":"object","properties":{"${name}":{"type":"string"}},"required":["${name}"],"additionalProperties":false}`
  const format = (schema: string): string =>
    `"response_format":{"type":"json_schema","json_schema":{"name":"a","strict":true,"schema":${schema}}}`
  return [
    { method: 'GET', path: `/v1/${name}` },
    { method: 'GET', path: `/v1/models/${name}` },
    { method: 'GET', path: `/v1/files/${name}` },
    { method: 'GET', path: `/v1/batches/${name}` },
    { method: 'GET', path: `/v1/batches?${name}=1&after=${name}` },
    { method: 'GET', path: `/_emulator/${name}` },
    { method: 'DELETE', path: `/_emulator/faults/${name}` },
    post('/v1/chat/completions', `{"model":"${name}",${chat}}`),
    post('/v1/chat/completions', `{"model":"gpt-4o-mini","${name}":1,${chat}}`),
    post('/v1/chat/completions', `{"model":"gpt-4o-mini",${chat},${format(shape)}}`),
    post(
      '/v1/chat/completions',
      `{"model":"gpt-4o-mini",${chat},${format(`{"type":"object","properties":{"a":{"type":"string","format":"${name}"}},"required":["a"],"additionalProperties":false}`)}}`,
    ),
    post(
      '/v1/chat/completions',
      `{"model":"gpt-4o-mini",${chat},${format(`{"type":"object","properties":{"a":{"$ref":"#/$defs/${name}"}},"required":["a"],"additionalProperties":false,"$defs":{}}`)}}`,
    ),
    post(`/openai/deployments/${name}/chat/completions?api-version=2024-10-21`, `{${chat}}`),
    post('/v1/batches', `{"input_file_id":"${name}","endpoint":"${name}","completion_window":"24h"}`),
    post(
      '/v1/batches',
      `{"input_file_id":"x","endpoint":"/v1/chat/completions","completion_window":"24h","metadata":{"${name}":"1"}}`,
    ),
    ...geminiDoors(name),
    ...mistralDoors(name),
    post('/_emulator/faults', `{"scenario":"${name}"}`),
    post('/_emulator/faults', `{"scenario":"expire-partial:${name}=1"}`),
    post('/_emulator/faults', `{"${name}":1,"action":{"type":"drop"}}`),
    post('/_emulator/faults', `{"action":{"type":"${name}"}}`),
    post('/_emulator/faults', `{"action":{"type":"scenario","name":"${name}"}}`),
    post('/_emulator/faults', `{"action":{"type":"scenario","name":"expire-partial","${name}":1}}`),
    post('/_emulator/deployments', `{"${name}":"${name}"}`),
    post('/_emulator/clock', `{"${name}":1}`),
  ]
}

test.for(inherited)('%s is an unknown name like any other at every door of the emulator', async (name) => {
  await using emulator = await startEmulator({ enqueuedTokenLimit: {}, deployments: {}, seed: 7 })
  const plain = async ({ method, path, body }: Door): Promise<string> => {
    const answer = await fetch(`${emulator.url}${path}`, {
      method,
      headers: {
        authorization: 'Bearer key',
        'api-key': 'key',
        'x-goog-api-key': 'key',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body }),
    })
    return `${answer.status} ${await answer.text()}`
      .replaceAll(name, unknownField)
      .replaceAll(/"(?:id|created|created_at|request_id|system_fingerprint)":\s*(?:"[^"]*"|\d+)/g, '')
  }
  const usual = doors(unknownField)
  for (const [at, door] of doors(name).entries()) {
    const other = usual[at]
    if (!other) throw new Error('the doors are the same')
    const [strange, ordinary] = [await plain(door), await plain(other)]
    expect.soft(strange, `${door.path} ${door.body}`).not.toMatch(/^5|native code/)
    expect
      .soft(strange.slice(0, 3), `${door.path} ${door.body}: ${strange} ${ordinary}`)
      .toBe(ordinary.slice(0, 3))
    if (!strange.startsWith('2')) expect.soft(strange, door.path).toBe(ordinary)
  }
})
