interface Module {
  readonly title: string
  readonly subjects: readonly string[]
}

const modules: readonly Module[] = [
  {
    title: 'Why data needs rules',
    subjects: [
      'a decision made on wrong figures',
      'the cost of looking for data',
      'a first request for rules',
      'trust in a report',
    ],
  },
  {
    title: 'People and their duties',
    subjects: ['the data owner', 'the data steward', 'the council that decides', 'a handover of duties'],
  },
  {
    title: 'Words for data',
    subjects: ['a business glossary', 'a definition', 'a second name for one thing', 'a data dictionary'],
  },
  {
    title: 'Policies and standards',
    subjects: ['a policy of one page', 'a naming standard', 'an exception', 'a review of policies'],
  },
  {
    title: 'The data catalogue',
    subjects: [
      'an inventory of data sets',
      'a catalogue entry',
      'a search that finds',
      'a catalogue nobody opens',
    ],
  },
  {
    title: 'Quality of data',
    subjects: ['completeness', 'a quality rule', 'a duplicate record', 'a scorecard'],
  },
  {
    title: 'Where data comes from',
    subjects: ['lineage', 'a source system', 'a spreadsheet on the way', 'the effect of a change'],
  },
  {
    title: 'Master data',
    subjects: ['a customer record', 'a golden record', 'a match of two records', 'a reference list'],
  },
  {
    title: 'Models of data',
    subjects: ['an entity', 'a relationship', 'a key', 'a model that people can read'],
  },
  { title: 'Privacy', subjects: ['personal data', 'consent', 'a request to be forgotten', 'a pseudonym'] },
  {
    title: 'Security',
    subjects: ['a class of secrecy', 'access by role', 'a list of who read what', 'a leak'],
  },
  {
    title: 'Life and end of data',
    subjects: ['a retention period', 'an archive', 'deletion that is proven', 'a legal hold'],
  },
  {
    title: 'Data between systems',
    subjects: ['a contract for an interface', 'a nightly load', 'an event stream', 'a broken feed'],
  },
  {
    title: 'Data for models',
    subjects: ['training data', 'a label', 'bias in a sample', 'a record of a model'],
  },
  {
    title: 'A programme that lasts',
    subjects: ['the first quarter', 'a measure of progress', 'a community of stewards', 'a lesson learned'],
  },
]

interface View {
  readonly title: string
  readonly notes: readonly string[]
}

/** What can be taught of a subject; `{it}` is its name. */
const views: readonly View[] = [
  {
    title: 'What {it} is, and what it is not',
    notes: [
      'In most companies everybody has met {it} and nobody has a word for it.',
      'It is easiest to recognise by what happens on the day when it is missing.',
      'People take it for a matter of software, and it is a matter of who may decide.',
    ],
  },
  {
    title: '{it}: a first example',
    notes: [
      'A bakery with two shops and two tills shows {it} on one sheet of paper.',
      'The two tills disagreed by 312 loaves in March, and both were right by their own rules.',
      'It was the van driver who noticed, because he counts crates and not loaves.',
    ],
  },
  {
    title: 'Working with {it}, step by step',
    notes: [
      'Before the first step somebody has to be named who answers for {it}.',
      'Each of the four steps ends with something that can be shown to a colleague.',
      'The work is done when a newcomer can repeat it without asking.',
    ],
  },
  {
    title: '{it}: who decides, and who is asked',
    notes: [
      'One person answers for {it}, and a deputy is named in the same line.',
      'What costs less than a day may be decided without a meeting.',
      'A decision that is not written down beside the data is made again every year.',
    ],
  },
  {
    title: 'Measuring {it}',
    notes: [
      'One figure about {it} can be had within a week from what is there already.',
      'The figure that everybody asks for first rewards the wrong people.',
      'Looking once a month is enough, and looking every day breeds excuses.',
    ],
  },
  {
    title: 'When {it} goes wrong',
    notes: [
      'The earliest sign of trouble with {it} is a private copy in a spreadsheet.',
      'On the first day the damage is written down and nothing is deleted.',
      'A cause is mended where the data is entered, never in the report.',
    ],
  },
]

/** The outline of an invented course on data governance: modules M0 to M14 with lessons L001 and so on, as Markdown. */
export function courseOutline(lessons: number): string {
  const lines = [
    '# Data governance',
    '',
    'Fifteen modules from first questions to a programme that lasts.',
    '',
  ]
  let number = 0
  for (const [index, { title, subjects }] of modules.entries()) {
    const share = Math.floor(lessons / modules.length) + (index < lessons % modules.length ? 1 : 0)
    if (share === 0) continue
    lines.push(`## M${index}: ${title}`, '')
    for (let place = 0; place < share; place += 1) {
      const subject = subjects[place % subjects.length] ?? title
      const view = views[Math.floor(place / subjects.length) % views.length]
      if (!view) continue
      number += 1
      // More lessons than there are subjects and views: the same once more, for those who know the first.
      const again = Math.floor(place / (subjects.length * views.length))
      const words = capitalised(view.title.replace('{it}', subject))
      lines.push(
        `### L${String(number).padStart(3, '0')}: ${words}${again === 0 ? '' : ` (part ${again + 1})`}`,
        '',
      )
      lines.push(view.notes.join(' ').replaceAll('{it}', subject), '')
    }
  }
  return `${lines.join('\n').trimEnd()}\n`
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
