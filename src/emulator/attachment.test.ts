import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { attachedText, readAttachment } from './attachment.ts'

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
