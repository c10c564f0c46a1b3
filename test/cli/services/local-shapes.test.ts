import { expect, test } from 'vitest'
import { chatServer, type ChatServerOptions } from '../chat-server.ts'
import { notesProject, offpeakProcess } from '../notes-project.ts'
import { temporaryFolder } from '../project.ts'

/*
 * Errors as servers of one's own write them, each in its way: Ollama a text, vLLM an error object without another around
 * it (older) or within one, llama.cpp a 503 while it loads.
 */

interface Ran {
  readonly exit: number | null
  readonly words: string
  readonly errors: string
  readonly asked: ReadonlyMap<string, number>
}

async function run(instead: NonNullable<ChatServerOptions['instead']>, records = 4): Promise<Ran> {
  using folder = temporaryFolder()
  await using server = await chatServer({ instead, tellsUsage: false })
  await notesProject(folder.path, {
    records,
    model: `local({ baseUrl: '${server.url}', concurrency: 2 })('llama3.2')`,
    emulator: 'none',
    budget: null,
    timings: 'leaseMs: 600,',
  })
  const { exit, stdout, stderr } = await offpeakProcess(folder.path, ['run', 'notes'])
  const errors = await offpeakProcess(folder.path, ['errors', 'notes'])
  return {
    exit,
    words: `${stdout}${stderr}`.replaceAll(/\s+/g, ' '),
    errors: errors.stdout,
    asked: server.asked,
  }
}

test('a record that is too long for vLLM fails in its words, and the others are answered', async () => {
  const message =
    "This model's maximum context length is 4096 tokens. However, you requested 5012 tokens in the messages."
  const { exit, words, errors } = await run((prompt) =>
    prompt.includes('Note 1 ')
      ? { status: 400, body: { object: 'error', message, type: 'BadRequestError', param: null, code: 400 } }
      : null,
  )
  expect(exit).toBe(6)
  expect(words).toContain('3 of 4 records')
  expect(errors.replaceAll(/\s+/g, ' ')).toContain('maximum context length is 4096 tokens')
})

test('a model that Ollama does not have is told in its words', async () => {
  const { exit, words, errors } = await run(() => ({
    status: 404,
    body: { error: "model 'llama3.2' not found" },
  }))
  expect(exit).not.toBe(0)
  expect(`${words} ${errors}`.replaceAll(/\s+/g, ' ')).toContain("model 'llama3.2' not found")
})

test('a model that llama.cpp is still loading is waited for', async () => {
  const { exit, words, asked } = await run((_prompt, times) =>
    times < 2
      ? { status: 503, body: { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } } }
      : null,
  )
  expect(exit, words).toBe(0)
  expect(words).toContain('4 of 4 records')
  for (const times of asked.values()) expect(times).toBeGreaterThan(0)
})

test('an answer of 200 with nothing in it but an error is no answer', async () => {
  const { exit, errors } = await run(
    () => ({ status: 200, body: { error: { message: 'CUDA out of memory' } } }),
    2,
  )
  expect(exit).not.toBe(0)
  expect(errors.replaceAll(/\s+/g, ' ')).toContain('CUDA out of memory')
})
