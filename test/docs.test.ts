import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { effects, reviewEffects } from '../src/engine/crash-points.ts'
import { brokenLinks, linksOf } from './support/pages/markdown-links.ts'

const root = resolve(import.meta.dirname, '..')
const scratch = join(root, '.docs-check')
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'dashboard/README.md',
  ...(await Array.fromAsync(glob('{docs,examples}/**/*.md', { cwd: root }))),
]
const texts = new Map(
  await Promise.all(pages.map(async (page) => [page, await readFile(join(root, page), 'utf8')] as const)),
)

/** What the tests of a file are called, each as a pattern, since a part of it may be filled in; null: there is no such file. */
async function titlesOf(file: string): Promise<readonly RegExp[] | null> {
  const text = await readFile(join(root, file), 'utf8').catch(() => null)
  if (text === null) return null
  return [...text.matchAll(/\(\s*(?:'([^'\n]+)'|`([^`\n]+)`)/g)].map(([, plain, filled = '']) => {
    const parts = plain === undefined ? filled.split(/\$\{[^}]*\}/) : [plain]
    return new RegExp(`^${parts.map(escaped).join('.+')}$`)
  })
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}

/** Offpeak itself has no address yet: what a page links to outside belongs to somebody else. */
const knownHosts = new Set(['nodejs.org', 'www.standardwebhooks.com'])

afterAll(() => rm(scratch, { recursive: true, force: true }))

describe('the documentation', () => {
  test('has TypeScript that compiles as it stands', async () => {
    await mkdir(scratch, { recursive: true })
    const snippets = [...texts].flatMap(([page, text]) =>
      [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code], index) => ({
        page,
        index,
        code: code ?? '',
      })),
    )
    expect(snippets.length).toBeGreaterThan(1)
    for (const { page, index, code } of snippets)
      await writeFile(join(scratch, `${page.replaceAll(/\W/g, '-')}-${index}.ts`), code)
    await writeFile(
      join(scratch, 'tsconfig.json'),
      JSON.stringify({ extends: '../tsconfig.json', include: ['*.ts'] }),
    )
    const { stdout } = await promisify(execFile)(join(root, 'node_modules', '.bin', 'tsc'), [
      '-p',
      scratch,
    ]).catch((failed: { readonly stdout: string }) => failed)
    expect(stdout).toBe('')
  })

  test('names only npm scripts that exist', async () => {
    const { scripts }: { readonly scripts: Record<string, string> } = JSON.parse(
      await readFile(join(root, 'package.json'), 'utf8'),
    )
    for (const [page, text] of texts) {
      for (const [, name] of text.matchAll(/npm run ([\w:]+)/g))
        expect(Object.keys(scripts), `${page} names npm run ${name}`).toContain(name)
    }
  })

  test('names only tests that exist', async () => {
    for (const [page, text] of texts) {
      for (const [, file = ''] of text.matchAll(/`((?:test|src\/testing)\/[\w./-]+\.ts)`/g))
        expect(await titlesOf(file), `${page} names ${file}`).not.toBeNull()
      for (const [, file = '', name = ''] of text.matchAll(
        /`((?:test|src\/testing)\/[\w./-]+\.ts)`: (.+?) \|/g,
      ))
        expect(
          (await titlesOf(file))?.some((title) => title.test(name)),
          `${page} names ${file}: ${name}`,
        ).toBe(true)
    }
  })

  test('names only source files that exist', () => {
    const gone = [...texts].flatMap(([page, text]) =>
      [...text.matchAll(/`((?:src|dashboard\/src)\/[\w./-]+\.tsx?)`/g)].flatMap(([, file = '']) =>
        [root, join(root, dirname(page))].some((from) => existsSync(join(from, file)))
          ? []
          : [`${page} names ${file}`],
      ),
    )
    expect(gone).toEqual([])
  })

  test('names a test in each row of a table that says what was tried', async () => {
    let rows = 0
    for (const [page, text] of texts)
      for (const [, body = ''] of text.matchAll(/^\|.*\| the test \|\n\|[-|]+\|\n((?:\|.*\n)+)/gm))
        for (const row of body.trimEnd().split('\n')) {
          rows += 1
          expect(row, `a row of ${page}`).toMatch(/ \| `(?:test|src\/testing)\/[\w./-]+\.ts`: [^|]+ \|$/)
        }
    expect(rows).toBeGreaterThan(60)
  })

  test('links only to files that are there, and to headings that they have', () => {
    expect(brokenLinks(root, pages)).toEqual([])
  })

  test('names no address but those of others that exist', () => {
    const elsewhere = [...texts].flatMap(([page, text]) =>
      linksOf(text)
        .filter((link) => /^https?:/.test(link) && !knownHosts.has(new URL(link).host))
        .map((link) => `${page}: ${link}`),
    )
    expect(elsewhere).toEqual([])
  })

  test('says of every effect what its death leaves behind', () => {
    const table = texts.get('docs/operations.md') ?? ''
    for (const effect of [...effects, ...reviewEffects]) {
      const [step, part] = effect.split('.')
      const named =
        table.includes(`\`${effect}\``) ||
        table.includes(`\`${step}.*\``) ||
        table.includes(`\`${step}.*.${effect.split('.').at(-1)}\``)
      expect(named, `${effect} (${part}) is in the crash table`).toBe(true)
    }
  })
})
