import { disputes, reasoning, submissions, type Dispute, type List } from './disputes.ts'

/**
 * Invented court judgments in the manner of Hong Kong's courts, for trying the headnotes job. Every name, company,
 * citation and fact is made up from lists; the same index always gives the same judgment, on every machine.
 */
export interface Judgment {
  readonly neutralCitation: string
  readonly caseName: string
  readonly court: string
  /** `2019-03-14` */
  readonly decided: string
  readonly fullText: string
}

type Random = () => number

/** A fast generator of numbers in [0, 1) from a seed (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

function pick<T>(random: Random, list: readonly [T, ...T[]]): T {
  return list[Math.floor(random() * list.length)] ?? list[0]
}

const surnames: List = [
  'Chan',
  'Wong',
  'Lau',
  'Cheung',
  'Ho',
  'Leung',
  'Kwok',
  'Tsang',
  'Yip',
  'Fung',
  'Mak',
  'Poon',
  'Siu',
  'Tam',
  'Yuen',
  'Lui',
]
const givenNames: List = [
  'Ka Fai',
  'Siu Ming',
  'Mei Ling',
  'Wing Yan',
  'Chi Keung',
  'Hoi Lam',
  'Pui Shan',
  'Tsz Kin',
  'Yuk Lan',
  'Man Hon',
  'Sze Wai',
  'Kwok Wah',
]
const written: List = [
  '陳嘉輝',
  '黃小明',
  '劉美玲',
  '張詠欣',
  '何志強',
  '梁海琳',
  '郭佩珊',
  '曾子健',
  '葉玉蘭',
  '馮文翰',
  '麥思慧',
  '潘國華',
]
const trades: List = [
  'Harbour Logistics',
  'Golden Lantern Trading',
  'Pearl Delta Construction',
  'Lion Rock Textiles',
  'Eastern Quay Shipping',
  'Jade Terrace Properties',
  'Kestrel Electronics',
  'Tai Wo Catering',
  'Silver Junk Finance',
  'Nine Dragons Engineering',
  'Bauhinia Medical',
  'Causeway Interiors',
]
const judges: List = [
  'Marchetti J',
  'Kwan-Ross J',
  'Deputy Judge Abernathy',
  'Lo Wing-tai J',
  'Hathersage JA',
  'Siu VP',
  'Ferreira J',
  'Deputy High Court Judge Osei',
  'Tong J',
  'Penhallow JA',
]
const places: List = [
  'Sham Shui Po',
  'Kwun Tong',
  'Yuen Long',
  'Wan Chai',
  'Tsuen Wan',
  'Sha Tin',
  'Aberdeen',
  'Tai Po',
  'Mong Kok',
  'North Point',
  'Tuen Mun',
  'Sai Kung',
]
const months: List = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const courts: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['HKCFI', 'Court of First Instance'],
  ['HKCFI', 'Court of First Instance'],
  ['HKCFI', 'Court of First Instance'],
  ['HKDC', 'District Court'],
  ['HKDC', 'District Court'],
  ['HKCA', 'Court of Appeal'],
  ['HKCA', 'Court of Appeal'],
  ['HKCFA', 'Court of Final Appeal'],
]

/** A template cut at its slots: texts at even places, slot names at odd ones. */
const cut = new Map<string, readonly string[]>()

function parts(template: string): readonly string[] {
  let found = cut.get(template)
  if (!found) {
    found = template.split(/\{(\w+)\}/)
    cut.set(template, found)
  }
  return found
}

function person(random: Random): string {
  return `${pick(random, surnames)} ${pick(random, givenNames)}`
}

function slot(name: string, random: Random, dispute: Dispute, year: number): string {
  switch (name) {
    case 'amount':
      return (Math.floor(1 + random() * 4000) * 1250).toLocaleString('en-US')
    case 'date':
      return `${1 + Math.floor(random() * 28)} ${pick(random, months)} ${year - 1 - Math.floor(random() * 6)}`
    case 'count':
      return String(3 + Math.floor(random() * 30))
    case 'percent':
      return String(2 + Math.floor(random() * 60))
    case 'ordinal':
      return pick(random, ['third', 'fourth', 'sixth', 'ninth'])
    case 'place':
      return pick(random, places)
    case 'witness':
      return random() < 0.12 ? `Madam ${person(random)} (${pick(random, written)})` : `Mr ${person(random)}`
    case 'written':
      return pick(random, written)
    case 'counsel':
      return `${random() < 0.4 ? 'Ms' : 'Mr'} ${person(random)}${random() < 0.2 ? ' SC' : ''}`
    case 'side':
      return dispute.parties === 'civil'
        ? random() < 0.5
          ? 'plaintiff'
          : 'defendant'
        : dispute.parties === 'criminal'
          ? 'prosecution'
          : 'applicant'
    case 'statute':
      return dispute.statute
    case 'authority':
      return `${pick(random, surnames)} v. ${pick(random, trades)} Limited [${year - 2 - Math.floor(random() * 25)}] ${1 + Math.floor(random() * 4)} HKLRD ${10 + Math.floor(random() * 900)}`
    default:
      return ''
  }
}

function fill(template: string, random: Random, dispute: Dispute, year: number): string {
  const pieces = parts(template)
  let text = pieces[0] ?? ''
  for (let at = 1; at < pieces.length; at += 2)
    text += slot(pieces[at] ?? '', random, dispute, year) + (pieces[at + 1] ?? '')
  return text
}

/** The judgment with this number: 18 KB on average, a few of them ten times as long. */
export function judgment(index: number): Judgment {
  const random = randomFrom(Math.imul(index + 1, 0x9e3779b1))
  const dispute = pick(random, disputes)
  const [code, court] = pick(random, courts)
  const year = 2004 + Math.floor(random() * 21)
  const month = Math.floor(random() * 12)
  const day = 1 + Math.floor(random() * 28)
  const neutralCitation = `[${year}] ${code} ${index + 1}`
  const first =
    dispute.parties === 'criminal'
      ? 'HKSAR'
      : random() < 0.35
        ? `${pick(random, trades)} Limited`
        : person(random)
  const second =
    dispute.parties === 'review'
      ? 'Director of Food and Environmental Hygiene'
      : random() < 0.5 && dispute.parties === 'civil'
        ? `${pick(random, trades)} Limited`
        : person(random)
  const caseName = `${first} v. ${second}`
  const judge = pick(random, judges)
  const lines: string[] = [
    neutralCitation,
    `IN THE ${court.toUpperCase()} OF THE HONG KONG SPECIAL ADMINISTRATIVE REGION`,
    `${dispute.parties === 'criminal' ? 'CRIMINAL' : 'CIVIL'} ${code === 'HKCA' || code === 'HKCFA' ? 'APPEAL' : 'ACTION'} NO. ${1 + Math.floor(random() * 2400)} OF ${year - 1}`,
    `BETWEEN\n\t${first.toUpperCase()}\n\tand\n\t${second.toUpperCase()}${random() < 0.3 ? ` (${pick(random, written)})` : ''}`,
    `Before: ${judge} in Court\nDate of Judgment: ${day} ${months[month] ?? months[0]} ${year}`,
    'J U D G M E N T',
  ]
  let number = 0
  const next = new Map<List, number>()
  /** The sentences of a list come one after the other, from a random one on: none returns before the others were used. */
  const say = (list: List): string => {
    const at = next.get(list) ?? Math.floor(random() * list.length)
    next.set(list, (at + 1) % list.length)
    return fill(list[at] ?? list[0], random, dispute, year)
  }
  const paragraph = (list: List, sentences: number): number => {
    number += 1
    let text = `${number}.  ${say(list)}`
    for (let sentence = 1; sentence < sentences; sentence += 1)
      text += ` ${say(random() < 0.5 ? list : reasoning)}`
    lines.push(text)
    return text.length
  }
  // A log-normal length: half of the judgments are below the median, and the tail is long.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const wanted = Math.min(240_000, 13_000 * Math.exp(0.75 * normal))
  const section = (title: string, list: List, share: number): void => {
    lines.push(title)
    let left = wanted * share
    while (left > 0) left -= paragraph(list, 2 + Math.floor(random() * 4))
  }
  section('Introduction', dispute.opening, 0.03)
  section('The facts', dispute.facts, 0.32)
  section('The parties’ submissions', submissions, 0.15)
  section('The law', dispute.law, 0.18)
  section('Discussion', dispute.findings, 0.3)
  lines.push('Disposition')
  paragraph(dispute.orders, 1)
  lines.push(`(${judge})`)
  return {
    neutralCitation,
    caseName,
    court,
    decided: `${year}-${String(month + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
    fullText: lines.join('\n\n'),
  }
}

/** Headnotes as a law reporter would have written them, to show the model their form. */
export function exampleHeadnotes(): readonly string[] {
  return Array.from({ length: 12 }, (_, index) => {
    const random = randomFrom(Math.imul(index + 1, 0x85ebca6b))
    const dispute = disputes[index % disputes.length] ?? disputes[0]
    const source = judgment(9_000 + index)
    const year = Number(source.decided.slice(0, 4))
    const say = (list: List): string => fill(pick(random, list), random, dispute, year)
    return [
      `Citation: ${source.neutralCitation}`,
      `Court: ${source.court}`,
      `Catchwords: ${dispute.subject}`,
      `Facts: ${say(dispute.opening)} ${say(dispute.facts)}`,
      `Held: (1) ${say(dispute.law)} (2) ${say(dispute.findings)} (3) ${say(dispute.orders)}`,
    ].join('\n')
  })
}
