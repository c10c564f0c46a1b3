import { readFileSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { z } from 'zod'
import { fingerprint } from '../../planning/requests/fingerprint.ts'
import type { ModuleShape } from './module-shape.ts'

/** Counts up with what a shape says, and with the parser's own changes. */
const version = 'shape 1'

const piece = z.object({
  text: z.string(),
  names: z.array(z.string()),
  loads: z.array(z.string()),
  reads: z.array(z.string()),
})
const imported = z.object({ from: z.string(), name: z.string().nullable() })
const kept: z.ZodType<ModuleShape> = z.object({
  imports: z.record(z.string(), imported),
  declarations: z.record(z.string(), z.array(piece)),
  exports: z.record(z.string(), z.union([z.string(), imported])),
  handsOn: z.array(z.string()),
  effects: z.array(piece),
  definitions: z.record(z.string(), z.record(z.string(), piece.extend({ isFunction: z.boolean() }))),
})

/** Shapes of modules by their text, kept in the project's cache: most commands then load no parser. */
export class ShapeCache {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  of(path: string, text: string, make: () => ModuleShape | string): ModuleShape | string {
    const file = join(this.#folder, `${fingerprint([version, extname(path), text])}.shape.json`)
    const known = readShape(file)
    if (known !== null) return known
    const made = make()
    if (typeof made !== 'string') keep(file, JSON.stringify(made))
    return made
  }
}

function readShape(file: string): ModuleShape | null {
  try {
    return kept.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? null
  } catch {
    return null
  }
}

function keep(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 })
  } catch {
    // Where nothing can be kept, the file is read as code each time.
  }
}
