import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { effects, reviewEffects } from '../src/engine/crash-points.ts'

const root = resolve(import.meta.dirname, '..')
const scratch = join(root, '.docs-check')
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...(await Array.fromAsync(glob('{docs,examples}/**/*.md', { cwd: root }))),
]
const texts = new Map(
  await Promise.all(pages.map(async (page) => [page, await readFile(join(root, page), 'utf8')] as const)),
)

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
      for (const [, file = '', name = ''] of text.matchAll(/`(test\/[\w./-]+\.test\.ts)`: (.+?) \|/g))
        expect(await readFile(join(root, file), 'utf8'), `${page} names ${file}: ${name}`).toContain(
          `'${name}'`,
        )
    }
  })

  test('links only to files that are there', () => {
    for (const [page, text] of texts) {
      for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)/g))
        expect(existsSync(join(root, dirname(page), target ?? '')), `${page} links to ${target}`).toBe(true)
    }
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
