import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { attachedText, readAttachment } from './attachment.ts'
import { readPrompt } from '../../families/chat/prompt.ts'

function pdfOf(content: string): string {
  const stream = deflateSync(Buffer.from(content, 'latin1'))
  const pdf = Buffer.concat([
    Buffer.from(`%PDF-1.4\n1 0 obj\n<< /Length ${stream.length} /Filter /FlateDecode >>\nstream\n`),
    stream,
    Buffer.from('\nendstream\nendobj\n'),
  ])
  return `data:application/pdf;base64,${pdf.toString('base64')}`
}

describe('attachedText', () => {
  it('reads the strings that a page shows', () => {
    const file = pdfOf(
      String.raw`BT /F1 12 Tf (Board \(minutes\)) Tj 0 -14 Td [(of the) -250 ( harbour)] TJ ET`,
    )
    expect(attachedText([file])).toContain('Board (minutes) of the harbour')
  })

  it('counts the pages of a file, and takes what is no PDF for one page', () => {
    const pages = '<< /Type /Pages /Count 2 >> << /Type /Page >> << /Type/Page /Parent 2 0 R >>'
    const plain = `data:application/pdf;base64,${Buffer.from(pages).toString('base64')}`
    expect(readAttachment(plain).pages).toBe(2)
    const packed = deflateSync(Buffer.from(pages))
    const stream = Buffer.concat([
      Buffer.from('1 0 obj << /Type /ObjStm >>\nstream\n'),
      packed,
      Buffer.from('\nendstream'),
    ])
    expect(readAttachment(`data:application/pdf;base64,${stream.toString('base64')}`).pages).toBe(2)
    expect(readAttachment('data:application/pdf;base64,AAAA').pages).toBe(1)
  })

  it('gives nothing for what is no PDF', () => {
    expect(attachedText([])).toBe('')
    expect(attachedText(['data:image/png;base64,AAAA'])).toBe('')
  })
})

describe('readPrompt', () => {
  const tokensOf = (
    content: readonly Readonly<Record<string, string | Readonly<Record<string, string>>>>[],
  ): number =>
    readPrompt({ messages: [{ role: 'user', content }] }).tokens -
    readPrompt({ messages: [{ role: 'user', content: [] }] }).tokens

  it('bills an image by its detail, in the words of either endpoint', () => {
    expect(tokensOf([{ type: 'image_url', image_url: { url: 'data:', detail: 'low' } }])).toBe(85)
    expect(tokensOf([{ type: 'image_url', image_url: { url: 'data:' } }])).toBe(765)
    expect(tokensOf([{ type: 'input_image', image_url: 'data:', detail: 'low' }])).toBe(85)
    expect(tokensOf([{ type: 'input_image', image_url: 'data:', detail: 'auto' }])).toBe(765)
  })

  it('bills a file by its pages, not by its size', () => {
    const file = (pages: number, ballast: number): string =>
      `data:application/pdf;base64,${Buffer.from('<< /Type /Page >>'.repeat(pages) + ' '.repeat(ballast)).toString('base64')}`
    expect(tokensOf([{ type: 'file', file: { filename: 'a.pdf', file_data: file(3, 0) } }])).toBe(3 * 765)
    expect(tokensOf([{ type: 'input_file', filename: 'a.pdf', file_data: file(1, 100_000) }])).toBe(765)
  })
})
