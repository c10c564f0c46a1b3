import { describe, expect, it } from 'vitest'
import { bound, plainAnswer, readSubject } from './answer.ts'
import { documentOf } from './document.ts'
import { readPrompt } from '../../families/chat/prompt.ts'
import { seededRandom } from '../random.ts'
import { readText } from './reading.ts'

const sampleJudgment = Array.from(
  { length: 12 },
  (_value, index) =>
    `The appellant argued ground ${index} at length before the appeal court. The court rejected the argument about the contract.`,
).join(' ')

describe('documentOf', () => {
  it('finds the text behind few-shot examples', () => {
    const prompt = `You write headnotes.\n\nExample 1:\nCitation: A v B. Held: dismissed.\n\nExample 2:\nCitation: C v D. Held: allowed.\n\nJudgment:\n${sampleJudgment}`
    expect(documentOf(prompt)).toBe(sampleJudgment)
  })

  it('finds the text between tags', () => {
    expect(documentOf(`Summarise the document.\n<document>\n${sampleJudgment}\n</document>\nBe brief.`)).toBe(
      sampleJudgment,
    )
  })

  it('takes a short prompt whole', () => {
    expect(documentOf('  What is a bridge? ')).toBe('What is a bridge?')
    expect(documentOf('<product>\nA drum.\n</product>')).toBe('A drum.')
  })
})

describe('readText', () => {
  it('cuts sentences in several scripts and keeps their order', () => {
    const { sentences } = readText(
      '第一句话说明了这个案件的基本情况以及双方当事人之间的主要争议焦点。第二句话说明了法院最后作出的裁定以及相关的法律理由和依据。',
    )
    expect(sentences).toHaveLength(2)
    expect(readText('Dr. Who? No!').sentences).toEqual(['Dr. Who? No!'])
  })

  it('ranks what the text is about first and gives its words', () => {
    const reading = readText(`It was raining again all day long. ${sampleJudgment}`)
    expect(reading.topWords(4)).toContain('court')
    expect(reading.ranked[0]).toContain('court')
  })

  it('reads anything', () => {
    for (const text of ['', ' ', '\n\n', '....', '\u0000\uD800', 'x'.repeat(5000), '。'.repeat(100)]) {
      expect(Array.isArray(readText(text).ranked)).toBe(true)
    }
  })
})

describe('plainAnswer', () => {
  it('is an extract within its limit, the same for the same seed', () => {
    const prompt = readPrompt({
      messages: [{ role: 'user', content: `Summarise this judgment.\n\nJudgment:\n${sampleJudgment}` }],
    })
    const write = (seed: number): string => plainAnswer(readSubject(prompt, '', seededRandom(seed)), 60)
    expect(write(1)).toBe(write(1))
    expect(sampleJudgment).toContain(write(1).split('. ')[0])
    expect(bound(write(2), 60).cut).toBe(false)
    expect(bound(write(2), 5)).toMatchObject({ tokens: 5, cut: true })
  })
})
