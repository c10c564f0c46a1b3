import { glob, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { findCommand } from '../src/cli/commands.ts'
import { globalFlags } from '../src/cli/globals.ts'
import { whyNotTyped } from './support/pages/typed-command.ts'

const root = resolve(import.meta.dirname, '..')

/** Commands as they stand in code of a page: in a line of a shell, or between backticks. */
function* commandsOf(text: string): Generator<string> {
  for (const [, code = ''] of text.matchAll(/```(?:sh|bash|console)\n([\s\S]*?)```/g))
    for (const line of code.replaceAll('\\\n', ' ').split('\n')) {
      const [, command] = /^(?:\$ )?(?:npx )?(offpeak [a-z].*)$/.exec(line.trim()) ?? []
      if (command !== undefined) yield command.replace(/\s+(?:#|\||>|&|<\/).*$/, '')
    }
  const prose = text.replaceAll(/```[\s\S]*?```/g, '')
  for (const [, command = ''] of prose.matchAll(/`(?:npx )?(offpeak [a-z][^`\n]*)`/g)) yield command
}

test('every command in the pages can be typed as it stands', async () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...(await Array.fromAsync(glob('{docs,examples}/**/*.md', { cwd: root }))),
  ]
  const wrong: string[] = []
  let seen = 0
  for (const page of pages)
    for (const command of commandsOf(await readFile(join(root, page), 'utf8'))) {
      seen++
      const why = await whyNotTyped(command)
      if (why !== null) wrong.push(`${page}: ${command}: ${why}`)
    }
  expect(seen).toBeGreaterThan(100)
  expect(wrong).toEqual([])
})

test('every option that the program names with a command is one of it', async () => {
  const files = await Array.fromAsync(glob('{src,dashboard/src}/**/*.{ts,tsx}', { cwd: root }))
  const spoken =
    /(?<![\w./@'"-])offpeak ([a-z]+)((?: (?:--?[a-z][a-z-]*|\$\{[^}]*\}|<[^>]+>|[\w@./$:,…-]+|'[^']*'))*)/g
  const wrong: string[] = []
  let seen = 0
  for (const file of files.filter((name) => !name.endsWith('.test.ts'))) {
    const text = await readFile(join(root, file), 'utf8')
    for (const [command, name = '', rest = ''] of text.matchAll(spoken)) {
      const entry = findCommand(name)
      const flags = rest.match(/(?<= )--?[a-z][a-z-]*/g) ?? []
      if (entry === null) {
        if (flags.length > 0) wrong.push(`${file}: ${command}`)
        continue
      }
      seen++
      const { command: known } = await entry.load()
      const syntaxes = [...Object.values(globalFlags), ...Object.values(known.options)].map(
        ({ syntax }) => syntax,
      )
      for (const flag of flags)
        if (!syntaxes.some((syntax) => syntax.split(/[ ,[<]+/).includes(flag)))
          wrong.push(`${file}: ${command}: no ${flag}`)
    }
  }
  expect(seen).toBeGreaterThan(100)
  expect(wrong).toEqual([])
})
