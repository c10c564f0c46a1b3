import { describe, expect, test } from 'vitest'
import { frontMatterLength } from './front-matter.ts'

const behind = (text: string): string => text.slice(frontMatterLength(text))

describe('front matter', () => {
  test.each([
    ['YAML', '---\ntitle: A\ntags:\n- x\n  - y\n# note\n"quoted key": 1\n---\n'],
    ['YAML that ends in dots', '---\ntitle: A\n...\n'],
    ['YAML with a text of lines', '---\nabout: |\n  ## no heading\n\n  more\nlist: [\n  1\n]\n---  \n'],
    ['YAML that is empty', '---\n---\n'],
    ['TOML', '+++\ntitle = "x"\n# no heading\n[extra]\n+++\n'],
    ['JSON', '{\n  "title": "x"\n}\n'],
  ])('of %s is left out', (_, text) => {
    expect(behind(`${text}# Course\n`)).toBe('# Course\n')
    expect(behind(text.slice(0, -1))).toBe('')
  })

  test.each([
    ['a rule before a blank line', '---\n\n# Course\n\n## One\n\ntext\n\n---\n\n## Two\n'],
    ['a rule before a heading', '---\n# Course\n## One\n---\n## Two\n'],
    ['a rule before a sentence', '---\nA sentence.\n\n---\n\n## Two\n'],
    ['a rule before a list', '---\n- one\n- two\n\n---\n'],
    ['a rule with no other', '---\ntitle: x\n\n## One\n'],
    ['a longer rule', '-----\ntitle: x\n---\n'],
    ['plus signs with no other', '+++\n## One\n'],
    ['a brace that is no object', '{\nsome text\n}\n## One\n'],
    ['a text', 'title: x\n---\n## One\n'],
  ])('is not taken for one: %s', (_, text) => {
    expect(behind(text)).toBe(text)
  })
})
