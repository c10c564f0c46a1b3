/**
 * A PDF with a few lines of text on each page: valid objects, cross-reference table and trailer. `ballastBytes` puts in
 * a stream of that size, as a scan has.
 */
export function pdfOf(pages: readonly string[], ballastBytes = 0): Buffer {
  const fontId = 3
  const pageId = (index: number): number => 4 + index * 2
  const objects = new Map<number, string>([
    [1, '<< /Type /Catalog /Pages 2 0 R >>'],
    [
      2,
      `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, index) => `${pageId(index)} 0 R`).join(' ')}] >>`,
    ],
    [fontId, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'],
  ])
  for (const [index, text] of pages.entries()) {
    const shown = text
      .split('\n')
      .map((line) => `(${line.replaceAll(/[\\()]/g, (found) => `\\${found}`)}) Tj 0 -16 Td`)
      .join(' ')
    const content = `BT /F1 12 Tf 50 780 Td ${shown} ET`
    objects.set(
      pageId(index),
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 ${fontId} 0 R >> >> /Contents ${pageId(index) + 1} 0 R >>`,
    )
    objects.set(
      pageId(index) + 1,
      `<< /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`,
    )
  }
  if (ballastBytes > 0)
    objects.set(
      pageId(pages.length),
      `<< /Length ${ballastBytes} >>\nstream\n${'\u0080'.repeat(ballastBytes)}\nendstream`,
    )
  let body = '%PDF-1.4\n'
  const entries: string[] = []
  for (const [id, object] of objects) {
    entries.push(`${String(body.length).padStart(10, '0')} 00000 n \n`)
    body += `${id} 0 obj\n${object}\nendobj\n`
  }
  const size = objects.size + 1
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${entries.join('')}`
  return Buffer.from(
    `${body}${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`,
    'latin1',
  )
}
