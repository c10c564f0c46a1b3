/**
 * Fills `data/pdfs`: `node seed.ts [--pdfs N] [--size 300kb] [--sound] [--from folder] [--reset]`
 *
 * Makes up an archive of N scans, the same ones every time: most have one to six pages, every 25th has 60. One more
 * is cut off and one more is locked with a password, as in every real folder; `--sound` leaves these two out. With
 * `--from` the PDFs of a folder are copied instead. Files that are there stay; `--reset` removes `data/pdfs` first.
 */
import { constants } from 'node:fs'
import { copyFile, glob, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { PDFDocument } from '@cantoo/pdf-lib'
import { archivePdf } from './pdfs.ts'

const { values: options } = parseArgs({
  options: {
    pdfs: { type: 'string', default: '30' },
    size: { type: 'string', default: '300kb' },
    sound: { type: 'boolean', default: false },
    from: { type: 'string' },
    reset: { type: 'boolean', default: false },
  },
})
const wanted = Number(options.pdfs)
if (!Number.isSafeInteger(wanted) || wanted < 0) fail(`--pdfs takes a whole number, not ${options.pdfs}`)
const size = bytesOf(options.size)

const folder = join(import.meta.dirname, 'data', 'pdfs')
if (options.reset) await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
let [read, added, bytes, pages] = [0, 0, 0, 0]
await (options.from === undefined ? generate() : copy(resolve(options.from)))
console.log(`PDFs   ${read} read, ${added} added (${(bytes / 1e6).toFixed(1)} MB)`)
if (pages > 0) console.log(`Pages  ${pages}`)
console.log(`Where  ${folder}`)

async function generate(): Promise<void> {
  for (let index = 0; index < wanted; index += 1) {
    const { name, pdf, pageCount } = archivePdf(index, size)
    pages += pageCount
    await add(name, pdf)
  }
  if (options.sound) return
  await add('DOC_broken.pdf', archivePdf(0, size).pdf.subarray(0, Math.floor(size / 2)))
  const locked = await PDFDocument.load(archivePdf(1, 20_000).pdf)
  locked.encrypt({ userPassword: 'nobody knows it', ownerPassword: 'nor this' })
  await add('DOC_locked.pdf', await locked.save())
}

async function add(name: string, content: Uint8Array): Promise<void> {
  read += 1
  await unlessThere(() => writeFile(join(folder, name), content, { flag: 'wx' }), content.length)
}

async function copy(from: string): Promise<void> {
  for await (const path of glob('**/*.pdf', { cwd: from })) {
    read += 1
    const [source, target] = [join(from, path), join(folder, path)]
    await mkdir(dirname(target), { recursive: true })
    await unlessThere(() => copyFile(source, target, constants.COPYFILE_EXCL), (await stat(source)).size)
  }
  if (read === 0) fail(`there is no PDF in ${from}`)
}

/** What is there already is kept as it is. */
async function unlessThere(write: () => Promise<void>, length: number): Promise<void> {
  try {
    await write()
    added += 1
    bytes += length
  } catch (thrown) {
    if (!(thrown instanceof Error) || Reflect.get(thrown, 'code') !== 'EEXIST') throw thrown
  }
}

function bytesOf(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(kb|mb)?$/i.exec(text) ?? []
  if (amount === undefined) fail(`--size takes a size such as 300kb or 2mb, not ${text}`)
  return Math.round(Number(amount) * ({ kb: 1e3, mb: 1e6 }[unit.toLowerCase()] ?? 1))
}

function fail(words: string): never {
  console.error(words)
  process.exit(2)
}
