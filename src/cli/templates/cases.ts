const courts = [
  'Court of Appeal',
  'High Court',
  'District Court',
  'Lands Tribunal',
  'Labour Tribunal',
] as const

interface Matter {
  readonly parties: readonly [string, string]
  readonly facts: string
  readonly question: string
  readonly held: string
  readonly because: string
}

const matters: readonly Matter[] = [
  {
    parties: ['the tenant', 'the landlord'],
    facts: 'had stopped paying rent after water came through the roof for two winters',
    question: 'whether the promise to repair and the promise to pay rent depend on each other',
    held: 'rent may be withheld in proportion to the part of the flat that could not be used',
    because: 'the lease treated repair as a condition and not as a mere wish',
  },
  {
    parties: ['the carrier', 'the owner of the cargo'],
    facts: 'delivered forty crates of oranges nine days late and half of them spoilt',
    question: 'whether a strike at the port of loading excuses a delay that began before it',
    held: 'the carrier answers for the loss that the first six days alone would have caused',
    because: 'an excuse reaches only as far as the event that gives it',
  },
  {
    parties: ['the employee', 'the bakery'],
    facts: 'was dismissed on the day after she asked for her overtime of the last year',
    question: 'who has to prove the reason for a dismissal that follows a claim so closely',
    held: 'the employer has to show a reason of its own, and a late loaf of bread is none',
    because: 'a right that costs the job of whoever asks for it would be no right',
  },
  {
    parties: ['the neighbour', 'the owner of the orchard'],
    facts: 'cut the roots of two pear trees where they had lifted the tiles of his yard',
    question: 'whether a notice is needed before roots are cut at the boundary',
    held: 'roots may be cut at the boundary without notice when they do harm there',
    because: 'nobody has to suffer damage while a letter travels',
  },
  {
    parties: ['the heirs', 'the executor'],
    facts: 'sold the family workshop for less than an offer that lay unopened in his desk',
    question: 'whether an executor who acts in good faith answers for a letter that he did not read',
    held: 'the executor makes good the difference between the two prices',
    because: 'good faith does not take the place of care',
  },
  {
    parties: ['the buyer', 'the seller of the boat'],
    facts: 'found rot under fresh paint three weeks after the boat had been handed over as seen',
    question: 'whether the words "as seen" cover what was painted over',
    held: 'the sale is undone and the price goes back against the boat',
    because: 'whoever hides a fault cannot say that it was seen',
  },
  {
    parties: ['the school', 'the builder'],
    facts: 'closed a sports hall because its floor gave way at one corner after a year',
    question: 'from which day the time for claims runs when a fault shows itself slowly',
    held: 'time runs from the day on which the fault could first be seen by an inspection',
    because: 'a claim cannot grow old before it can be known',
  },
  {
    parties: ['the cyclist', 'the city'],
    facts: 'fell over a drain cover that lay four centimetres below the road after new asphalt',
    question: 'how often a city has to look at a road that it has just repaired',
    held: 'the city pays two thirds, for it had opened the road without looking at it again',
    because: 'the duty to inspect begins with the work and does not wait for a complaint',
  },
  {
    parties: ['the publisher', 'the translator'],
    facts: 'printed a second edition without asking and named somebody else on the cover',
    question: 'whether a fee for "the translation" also pays for editions to come',
    held: 'each edition needs consent of its own, and the name is restored',
    because: 'what is not given away in plain words stays with its author',
  },
  {
    parties: ['the insurer', 'the restaurant'],
    facts: 'refused to pay for a kitchen fire because a filter had been cleaned a month too late',
    question: 'whether a breach that did not cause the loss frees the insurer',
    held: 'the insurer pays in full',
    because: 'a breach without effect on the loss is no reason to keep the money',
  },
]

const count = 50
const firstId = 1001
const dayMs = 86_400_000

/** Made-up court opinions, always the same ones, as JSON lines. Any likeness to a real case is chance. */
export function cases(): string {
  return Array.from({ length: count }, (_, index) => `${JSON.stringify(caseAt(index))}\n`).join('')
}

function caseAt(index: number): {
  readonly id: number
  readonly court: string
  readonly decided: string
  readonly opinion: string
} {
  const matter = matters[index % matters.length]
  const court = courts[(index * 3 + Math.floor(index / matters.length)) % courts.length] ?? courts[0]
  const decided = new Date(Date.UTC(2021, 0, 11) + index * 37 * dayMs).toISOString().slice(0, 10)
  const [one, other] = matter?.parties ?? ['', '']
  const level = Math.floor(index / matters.length)
  const opinion = [
    `This is ${level % 2 === 0 ? 'an appeal' : 'a claim'} between ${one} and ${other}.`,
    `${['It is not disputed that', 'The lower court found that', 'The papers show that', 'A witness told us that', 'All agree that'][level] ?? ''} ${one} ${matter?.facts}.`,
    `The question is ${matter?.question}.`,
    [
      'Both sides have filed letters.',
      'Three witnesses were heard, and we believe the second.',
      'The papers filed late are taken into account.',
      'No expert was needed.',
      'The parties asked for a decision without a hearing.',
    ][level] ?? '',
    `We hold that ${matter?.held}, because ${matter?.because}.`,
    `${level % 3 === 0 ? 'The appeal is allowed' : 'The claim succeeds in part'}; each side bears ${level % 2 === 0 ? 'its own costs' : 'half of the costs'}.`,
  ].join(' ')
  return { id: firstId + index, court, decided, opinion }
}
