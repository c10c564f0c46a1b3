import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { notesProject } from '../notes-project.ts'
import { call, jsonOf, temporaryFolder, write } from '../project.ts'

const folder = temporaryFolder()
/** A name of the same kind that nothing has. */
const stranger = 'nosuchname'
let run = ''

beforeAll(async () => {
  await notesProject(folder.path, {
    job: `params: z.strictObject({ court: z.string().optional() }),
    variants: { short: ({ row }) => row.text, long: ({ row }) => row.text },`,
    budget: '$5',
  })
  await write(folder.path, { 'answers.jsonl': '{"custom_id":"nosuchname-1","response":null}\n' })
  await call(folder.path, 'run', 'notes', '--yes')
  run = z
    .looseObject({ run: z.string() })
    .parse(jsonOf(await call(folder.path, 'status', 'notes', '--json'))).run
})
afterAll(() => folder[Symbol.dispose]())

/** Command lines that take a name of the caller's. */
function doors(name: string): readonly (readonly string[])[] {
  const commands = [
    'plan',
    'try',
    'run',
    'build',
    'status',
    'errors',
    'show',
    'results',
    'report',
    'pause',
    'resume',
  ]
  const others = [
    'cancel',
    'retry',
    'merge',
    'review',
    'submit',
    'batches',
    'clean',
    'doctor',
    'import',
    'compare',
  ]
  return [
    [name],
    [`--${name}`],
    ['help', name],
    ...[...commands, ...others, 'prices', 'completion'].map((each) => [each, name]),
    ...[...commands, ...others].map((each) => [each, run, `--${name}`]),
    ['plan', 'notes', '-p', `${name}=x`],
    ['plan', 'notes', '-p', `${name}:=1`, '--json'],
    ['run', 'notes', '--yes', '-p', `${name}=x`],
    ['plan', 'notes', '--only', name],
    ['plan', 'notes', '--redo', name],
    ['try', 'notes', '--per', name, '-n', '1', '--yes'],
    ['try', 'notes', '--model', name, '-n', '1', '--yes'],
    ['jobs', 'notes', '--coverage', '--by', name],
    ['jobs', 'notes', '--coverage', '-p', `${name}=x`],
    ['jobs', name],
    ['costs', '--by', name],
    ['costs', '--since', name],
    ['show', run, name],
    ['errors', run, '--status', name],
    ['results', run, '--fields', name],
    ['results', run, '--fields', `key,output.${name}`],
    ['results', run, '--fields', `output.${name}.${name}`, '--format', 'csv'],
    ['results', run, '--status', name],
    ['retry', run, '--status', name],
    ['retry', run, '--only', name, '--yes'],
    ['cancel', run, '--batch', name],
    ['compare', `${run}:${name}`, run],
    ['compare', `${run}:${name}`, `${run}:short`],
    ['batches', '--job', name],
    ['merge', run, '--file', 'answers.jsonl', '--key', `nosuchname-{${name}}`],
    ['import', 'notes', '--file', 'answers.jsonl', '--key', `{${name}.${name}}`],
    ['import', 'notes', '--file', 'answers.jsonl', '--key', `{${name}.name}`],
    ['keys', name],
    ['keys', 'add', 'k', '--scope', name],
    ['keys', 'add', 'k', '--jobs', name],
    ['keys', 'rm', name],
    ['init', 'new', '--template', name],
    ['emulator', '--scenario', name],
    ['emulator', '--scenario', `expire-partial:${name}=1`],
  ]
}

const inherited = Object.getOwnPropertyNames(Object.prototype)

test.for(inherited)(
  '%s is an unknown name like any other at every door of the command line',
  async (name) => {
    const usual = doors(stranger)
    for (const [at, words] of doors(name).entries()) {
      const plain = async (line: readonly string[]): Promise<string> => {
        const { exit, stdout, stderr } = await call(folder.path, ...line)
        return `${exit}\n${stdout}\n${stderr}`.replaceAll(name, stranger).replaceAll(/ +|\n+/g, ' ')
      }
      const [strange, ordinary] = [await plain(words), await plain(usual[at] ?? [])]
      expect.soft(strange, words.join(' ')).toBe(ordinary)
      expect.soft(strange, words.join(' ')).not.toMatch(/E_BUG|native code|\[object/)
    }
  },
)
