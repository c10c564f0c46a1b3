import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DurableFile } from './durable-file.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'offpeak-artefacts-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('a durable file', () => {
  it('holds what was added in its order, whatever the sizes, and tells its bytes', async () => {
    const file = new DurableFile(directory, 'a')
    const expected: Buffer[] = []
    const bytes = Buffer.alloc(3_000_000)
    for (let size = 1; size <= bytes.length; size *= 2) {
      bytes.fill(size % 251)
      expected.push(Buffer.from(bytes.subarray(0, size)))
      expect(file.addBytes(bytes.subarray(0, size))).toBe(size)
      const text = `判決 ${size}\n`.repeat(size / 50 + 1)
      expected.push(Buffer.from(text))
      expect(file.addText(text)).toBe(Buffer.byteLength(text))
      expect(file.bytes).toBe(expected.reduce((sum, part) => sum + part.length, 0))
      await file.room()
      // The caller may use its bytes again, written or not.
      bytes.fill(0)
    }
    const written = await file.close()
    expect(readdirSync(directory)).toEqual(['a.tmp'])
    await file.rename(join(directory, 'a.jsonl'))
    expect(readdirSync(directory)).toEqual(['a.jsonl'])
    expect(written).toBe(Buffer.concat(expected).length)
    expect(readFileSync(join(directory, 'a.jsonl')).equals(Buffer.concat(expected))).toBe(true)
  })

  it('leaves nothing when it is discarded with bytes on their way', async () => {
    const file = new DurableFile(directory, 'a')
    for (let megabyte = 0; megabyte < 8; megabyte += 1) file.addBytes(Buffer.alloc(1_000_000))
    await file.discard()
    expect(readdirSync(directory)).toEqual([])
    await file.discard()
  })

  it.runIf(existsSync('/dev/full')).each(['room', 'close'] as const)(
    'tells in %s that the disk is full, and leaves nothing',
    async (step) => {
      symlinkSync('/dev/full', join(directory, 'a.tmp'))
      const file = new DurableFile(directory, 'a')
      for (let megabyte = 0; megabyte < 8; megabyte += 1) file.addBytes(Buffer.alloc(1_000_000))
      await expect(file[step]()).rejects.toMatchObject({ code: 'E_DISK', where: join(directory, 'a.tmp') })
      await file.discard()
      expect(readdirSync(directory)).toEqual([])
    },
  )
})
