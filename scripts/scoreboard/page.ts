import { readFile, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import type { Figure, How } from './figure.ts'

const page = new URL('../../docs/internals/scoreboard.md', import.meta.url)
const begins = '<!-- figures: written by npm run scoreboard -- --write -->'
const ends = '<!-- end of the figures -->'

const standings: Readonly<Record<Figure['standing'], string>> = {
  met: 'met',
  few: 'so far, in fewer cases than asked for',
  missed: '**missed**',
}

/** Puts the figures into their place on the page, with what was not run. Throws where the page has no such place. */
export async function writePage(
  figures: readonly Figure[],
  notRun: ReadonlyMap<string, string>,
  { size }: How,
): Promise<void> {
  const text = await readFile(page, 'utf8')
  const [from, to] = [text.indexOf(begins), text.indexOf(ends)]
  if (from === -1 || to < from) throw new Error(`${page.pathname} has no place for the figures`)
  const cell = (words: string): string => words.replaceAll('|', '\\|')
  const table = [
    `Size \`${size}\`, Node ${process.versions.node}, ${cpus().length} cores under a load of ${(loadavg()[2] ?? 0).toFixed(0)}.`,
    '',
    '| # | figure | target | measured | seed | standing |',
    '|---|---|---|---|---|---|',
    ...figures.map(
      ({ row, figure, target, measured, seed, standing }) =>
        `| ${row} | ${cell(figure)} | ${cell(target)} | ${cell(measured)} | ${seed} | ${standings[standing]} |`,
    ),
    '',
    'Not run:',
    '',
    ...[...notRun].map(([rows, reason]) => `- ${rows}: ${reason}`),
  ]
  await writeFile(page, `${text.slice(0, from)}${begins}\n\n${table.join('\n')}\n\n${text.slice(to)}`)
}
