/** The sentence that says where a page comes from, and that nobody edits it. */
export function generated(from: string, file: string): string {
  return `This page is made from ${from} (\`${file}\`) by \`npm run docs:reference\`; a test holds it against the code.`
}
