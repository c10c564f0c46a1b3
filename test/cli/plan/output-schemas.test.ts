import { expect, test } from 'vitest'
import { z } from 'zod'
import { call, jsonOf, temporaryFolder, write } from '../project.ts'

/** A project whose job has this output, and asks this model; the emulator answers. */
async function project(
  dir: string,
  { model, output }: { readonly model: string; readonly output: string },
): Promise<void> {
  await write(dir, {
    'offpeak.config.ts': 'export default { emulator: true }\n',
    'notes.jsonl': ['{"id":1,"text":"a"}', '{"id":2,"text":"b","text":"c"}', ''].join('\n'),
    'jobs/notes.job.ts': `import { azure, defineJob, jsonl, jsonSchema, openai } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }),
  model: ${model},
  maxTokens: 500,
  prompt: ({ row }) => String(row.text),
  output: ${output},
  to: { jsonl: 'out.jsonl' },
})
`,
  })
}

const bounded = 'z.object({ title: z.string().max(40), topics: z.array(z.string()).max(3), mail: z.email() })'
const planned = z.object({
  notEnforced: z.array(z.string()),
  unusableExample: z.object({ reason: z.string() }),
  example: z.object({ request: z.unknown() }),
})

test('a plan names what is only told, which depends on the service', async () => {
  using folder = temporaryFolder()
  await project(folder.path, { model: "openai('gpt-4o-mini')", output: bounded })
  const enforced = planned.parse(jsonOf(await call(folder.path, 'plan', 'notes', '--json')))
  expect(enforced.notEnforced).toEqual(['title: maxLength 40', 'mail: its pattern'])
  expect(JSON.stringify(enforced.example.request)).toContain('"maxItems":3')
  expect(enforced.unusableExample.reason).toContain('has the field text twice')
  const shown = await call(folder.path, 'plan', 'notes')
  expect(shown.stdout).toMatch(/Not enforced +title: maxLength 40\n +mail: its pattern\n +not enforced/)

  for (const model of ["openai('ft:gpt-4o-mini:me::1')", "azure('gpt-4o-mini', { model: 'gpt-4o-mini' })"]) {
    await project(folder.path, { model, output: bounded })
    const told = planned.parse(jsonOf(await call(folder.path, 'plan', 'notes', '--json')))
    expect(told.notEnforced).toEqual([
      'title: maxLength 40',
      'topics: maxItems 3',
      'mail: its pattern',
      'mail: format email',
    ])
    expect(JSON.stringify(told.example.request)).not.toContain('"maxItems":3')
  }
})

test('a field that no answer can fit is refused before anything is sent', async () => {
  using folder = temporaryFolder()
  for (const [output, words] of [
    ['z.object({ picture: z.file() })', 'at picture: it allows a file'],
    ['z.object({ done: z.success(z.string()) })', 'No answer can ever fit the output schema at done'],
  ] as const) {
    await project(folder.path, { model: "openai('gpt-4o-mini')", output })
    const { exit, stderr } = await call(folder.path, 'plan', 'notes')
    expect(exit).not.toBe(0)
    expect(stderr).toContain(words)
  }
})

test('a plain JSON Schema is an output together with what judges it', async () => {
  using folder = temporaryFolder()
  const json = "{ type: 'object', properties: { n: { type: 'integer', minimum: 1 } }, required: ['n'] }"
  await project(folder.path, {
    model: "openai('gpt-4o-mini')",
    output: `jsonSchema<{ n: number }>(${json}, (value) => Number(value.n) >= 1)`,
  })
  expect((await call(folder.path, 'plan', 'notes')).exit).toBe(6)
  await project(folder.path, { model: "openai('gpt-4o-mini')", output: json })
  const { stderr } = await call(folder.path, 'plan', 'notes')
  expect(stderr).toContain('jsonSchema({ … })')
})
