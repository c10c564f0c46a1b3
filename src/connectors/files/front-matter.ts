/**
 * How many characters the front matter of a Markdown text takes, with the line that ends it; 0 without any. It is YAML
 * between `---` and `---` or `...`, TOML between `+++`, or a JSON object, at the very start. Three dashes may also be
 * a rule: they begin YAML only when the next line follows at once, as Pandoc has it, and all up to the end reads as
 * YAML fields.
 */
export function frontMatterLength(text: string): number {
  const yaml = /^---[ \t]*\n(?![ \t]*\n)([^]*?)(?:^|(?<=\n))(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(text)
  if (yaml) return isYaml(yaml[1] ?? '') ? yaml[0].length : 0
  const toml = /^\+\+\+[ \t]*\n(?:[^]*?\n)?\+\+\+[ \t]*(?:\n|$)/.exec(text)
  if (toml) return toml[0].length
  const json = /^\{[^]*?\n\}[ \t]*(?:\n|$)/.exec(text)
  return json && isJson(json[0]) ? json[0].length : 0
}

/** Fields, and what belongs to one: its list, its indented lines, the end of its brackets; comments and blank lines. */
const yamlLine = /^(?:[ \t]|$|#|- |-$|[}\]]|["']?[^\s#\-,[\]{}&*!|>%@`"'][^\n]*?["']?[ \t]*:(?:[ \t]|$))/

function isYaml(block: string): boolean {
  const lines = block.split('\n')
  const isField = (line: string): boolean => /^[^\s#-]/.test(line)
  return lines.every((line) => yamlLine.test(line)) && (lines.some(isField) || block.trim() === '')
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
