import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { commandLine } from '../../../src/wording/commands/command-line.ts'
import { commands } from '../../../src/cli/commands.ts'
import type { Flag } from '../../../src/wording/commands/flags.ts'
import { parseArguments } from '../../../src/cli/parse.ts'
import { notesProject } from '../notes-project.ts'
import { call, jsonOf, temporaryFolder, write } from '../project.ts'

/** Something that an option takes, by what its syntax says that it wants. */
function sample({ syntax, choices }: Flag<unknown>): readonly string[] {
  const wanted = /[<[](?<what>[^>\]]+)[>\]]/.exec(syntax)?.groups?.['what']
  if (wanted === undefined) return []
  if (choices?.[0] !== undefined) return [choices[0]]
  const known: Readonly<Record<string, string>> = {
    amount: '$12.5',
    duration: '90m',
    'k=v': "court=it's $HOME",
    what: 'all',
    date: '2026-07-01',
    share: '0.5',
    tokens: '7',
  }
  return [known[wanted] ?? (/port|factor|speed|n$/.test(wanted) ? '7' : 'a \'b\' "c" -d')]
}

/** Words as a shell reads them. */
function wordsOf(line: string): readonly string[] {
  return execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)
}

describe('a command line that is written from options', () => {
  test.for(commands.map(({ name }) => name))('of %s is read as the same options', async (name) => {
    const entry = commands.find((each) => each.name === name)
    const { command } = (await entry?.load()) ?? {}
    expect(command).toBeDefined()
    if (!command) return
    const grammar = { called: `offpeak ${name}`, arguments: command.arguments, options: command.options }
    const args = command.arguments.flatMap(({ choices }) => [choices?.[0] ?? 'x y'])
    const typed = Object.values(command.options).flatMap((flag) => [
      /--[\w-]+/.exec(flag.syntax)?.[0] ?? '',
      ...sample(flag),
    ])
    const first = parseArguments(grammar, [...args, ...typed])
    const line = commandLine(name, args, command.options, first.values)
    const [program, called, ...words] = wordsOf(line)
    expect([program, called]).toEqual(['offpeak', name])
    expect(parseArguments(grammar, words), line).toEqual(first)
  })
})

test('the hint of a plan runs what was planned, with every option that chose it, in the same project', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, {
    job: `params: z.object({ since: z.string(), kind: z.string() }).partial(),`,
  })
  await write(folder.path, { 'keys.txt': '1\n2\n3\n', '.env': '' })
  const planned = await call(
    folder.path,
    'plan',
    'notes',
    '--since',
    '2026-07-01',
    '-p',
    'kind=a b',
    '--limit',
    '2',
    '--only',
    '@keys.txt',
    '--deadline',
    '20h',
    '--redo',
    '--pay-again',
    '--env-file',
    '.env',
  )
  const hint = /Run it +(?<line>offpeak .+)/.exec(planned.stderr)?.groups?.['line'] ?? planned.stderr
  const [before, after] = [
    "offpeak --env-file .env run notes -p 'kind=a b' --since 2026-07-01 --limit 2 --only @keys.txt --redo --pay-again --deadline 20h --max-cost '$",
    "'",
  ]
  expect([hint.startsWith(before), hint.endsWith(after)], hint).toEqual([true, true])
  const ran = await call(folder.path, ...wordsOf(hint).slice(1))
  expect(ran.exit, ran.stderr).toBe(0)
  const status = z.object({ selected: z.number(), deadlineAt: z.number().nullable() })
  expect(status.parse(jsonOf(await call(folder.path, 'status', 'notes', '--json')))).toMatchObject({
    selected: 2,
    deadlineAt: expect.any(Number),
  })
})
