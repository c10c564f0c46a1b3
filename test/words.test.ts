import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { oldWords } from './support/pages/old-words.ts'

const root = join(import.meta.dirname, '..')
/** What only those read who work on Offpeak itself may keep its own words. */
const ownDocs = /^docs\/(decisions\.md|internals\/)/
/** Text for people: sentences in the sources of everything that speaks to them. */
const speaking = 'src/{cli,wording,server,compose,config,engine,planning,connectors,providers,stores}/**/*.ts'

async function filesOf(pattern: string): Promise<readonly string[]> {
  return (await Array.fromAsync(glob(pattern, { cwd: root }))).toSorted()
}

function oldIn(text: string): readonly string[] {
  return oldWords.flatMap(({ pattern, instead }) => {
    const [found] = pattern.exec(text) ?? []
    return found === undefined ? [] : [`"${found}" is "${instead}" now`]
  })
}

/** Literals with a blank in them, without what stands between `${` and `}`. */
function sentences(source: string): readonly string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/[^\n]*/g, '')
  const literals = code.matchAll(/'((?:\\.|[^'\\\n])*)'|`((?:\\.|[^`\\])*)`/g)
  return [...literals]
    .map(([, plain, template]) => (plain ?? template ?? '').replaceAll(/\$\{[^{}]*\}/g, '…'))
    .filter((text) => text.includes(' '))
}

test('the documents use one word for one thing', async () => {
  const names = ['README.md', ...(await filesOf('docs/**/*.md')), ...(await filesOf('examples/*/README.md'))]
  const found: string[] = []
  for (const name of names.filter((each) => !ownDocs.test(each))) {
    const lines = (await readFile(join(root, name), 'utf8')).split('\n')
    for (const [at, line] of lines.entries())
      found.push(...oldIn(line).map((words) => `${name}:${at + 1} ${words}`))
  }
  expect(found).toEqual([])
})

test('screens, pages and errors use the same words', async () => {
  const names = [...(await filesOf(speaking)), ...(await filesOf('dashboard/src/**/*.tsx'))]
  expect(names.length).toBeGreaterThan(500)
  const found: string[] = []
  for (const name of names.filter((each) => !/\.test\.|\/templates\//.test(each)))
    for (const text of sentences(await readFile(join(root, name), 'utf8')))
      found.push(...oldIn(text).map((words) => `${name}: ${words} in "${text.slice(0, 90)}"`))
  expect(found).toEqual([])
})
