import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Figure, figureOf } from '../figure.ts'

const root = join(import.meta.dirname, '../../..')

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
      peer: z.boolean().optional(),
    }),
  ),
})

/** What an installation brings. Advisories and provenance need the registry, and are not asked for here. */
export async function packages(): Promise<readonly Figure[]> {
  const manifest = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
  const lock = lockFile.parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
  const direct = Object.keys(manifest.dependencies).length
  const total = Object.entries(lock.packages).filter(
    ([path, { dev, optional, peer }]) =>
      path.startsWith('node_modules/') && dev !== true && optional !== true && peer !== true,
  ).length
  return [
    figureOf({
      row: 30,
      figure: 'packages that an installation brings, direct and in total',
      target: '≤ 12, ≤ 60',
      measured: `${direct}, ${total}`,
      isGood: direct <= 12 && total <= 60,
    }),
  ]
}
