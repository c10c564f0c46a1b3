/** Sentences for invented judgments, by kind of dispute; `{slots}` are filled in for each judgment. */
export type List = readonly [string, ...string[]]

/** What one kind of dispute is about; `{slots}` are filled in for each judgment. */
export interface Dispute {
  readonly subject: string
  readonly parties: 'civil' | 'criminal' | 'review'
  readonly statute: string
  readonly opening: List
  readonly facts: List
  readonly law: List
  readonly findings: List
  readonly orders: List
}

export const disputes: readonly [Dispute, ...Dispute[]] = [
  {
    subject: 'Sale of goods: fitness for purpose: measure of damages',
    parties: 'civil',
    statute: 'section 16 of the Sale of Goods Ordinance (Cap. 26)',
    opening: [
      'This is a claim for the price of goods sold and delivered, met by a counterclaim for damages because the goods are said to have been unfit for the use that both sides had in mind.',
      'The plaintiff sues for HK${amount}, being the balance of the price under a written purchase order dated {date}.',
    ],
    facts: [
      'Between {date} and {date} the plaintiff delivered {count} consignments to the defendant’s warehouse in {place}.',
      'On unpacking the {ordinal} consignment, {witness} noticed that a good number of the units would not hold their calibration once the room grew humid.',
      'A joint inspection took place at the premises in {place}, and the note of it, made the same evening by {witness}, records that “roughly one unit in seven” failed.',
      'The defendant went on selling the remaining stock to its own customers while the complaint was being discussed, a fact upon which the plaintiff placed much weight.',
      'Payment was made for the first HK${amount} only; the rest was withheld by a letter of {date} which gave no reason beyond “quality”.',
    ],
    law: [
      'A buyer who makes known the purpose for which goods are wanted is entitled, under {statute}, to goods reasonably fit for it, unless he did not rely on the skill of the seller or it was unreasonable to do so.',
      'Acceptance is not to be inferred merely because a buyer asks for, or agrees to, a repair.',
      'The ordinary measure of loss is the difference, at the time of delivery, between what was promised and what was handed over.',
    ],
    findings: [
      'I find that {witness} told the plaintiff’s sales manager, before the order was placed, that the units were meant for kitchens and laundries.',
      'The expert instruments were read at intervals of an hour, and I prefer those readings to the recollection of anyone in the room.',
      'The buyer did lose its right to reject the first three consignments, having resold them with knowledge of the fault; it kept its right to damages.',
    ],
    orders: [
      'There will be judgment for the plaintiff on the claim and for the defendant on the counterclaim, the one to be set off against the other, with costs of the counterclaim to the defendant.',
      'The claim succeeds in the sum of HK${amount}; the counterclaim is dismissed.',
    ],
  },
  {
    subject: 'Employees’ compensation: accident arising out of and in the course of employment',
    parties: 'civil',
    statute: 'section 5 of the Employees’ Compensation Ordinance (Cap. 282)',
    opening: [
      'The applicant seeks compensation for an injury to the lower back which he says he suffered while carrying tiles up a staircase on {date}.',
      'Liability is in dispute: the respondent says that there was no accident at all, and that if there was one it did not happen at work.',
    ],
    facts: [
      'The applicant had worked as a general labourer on sites in {place} and {place} for {count} years before the day in question.',
      'He was taken by a workmate, {witness}, to the accident and emergency department, where the triage note reads “back pain after lifting, 2 hours”.',
      '{witness}, the foreman, kept a diary in which the day is blank.',
      'The medical assessment board put the loss of earning capacity at {percent} per cent and the necessary absence from duty at {count} months.',
      'A surveillance film made on {date} shows the applicant carrying two bags of groceries along a street in {place} for some four minutes.',
    ],
    law: [
      'An accident that happens in the course of the employment is presumed, in the absence of evidence to the contrary, to arise out of it: {statute}.',
      'It is not necessary that the work be strenuous; an ordinary exertion which the body could not bear on that day suffices.',
      'The evidential burden of showing that an injury was not connected with the work lies on the employer once the presumption is raised.',
    ],
    findings: [
      'The contemporaneous note of a nurse who had no interest in the outcome outweighs, in my judgment, a diary that says nothing.',
      'The film shows less than counsel claimed for it; nobody suggested that the applicant could not walk.',
      'I accept that the disc was already worn, as it is in most men of his age, and that the lifting turned a silent condition into a painful one.',
    ],
    orders: [
      'The application is allowed. The respondent is to pay HK${amount} with interest at half the judgment rate from the date of the accident.',
      'I award periodical payments of HK${amount} and costs on the District Court scale, with a certificate for counsel.',
    ],
  },
  {
    subject: 'Building management: validity of owners’ meeting: notice and proxies',
    parties: 'civil',
    statute: 'paragraph 4 of Schedule 3 to the Building Management Ordinance (Cap. 344)',
    opening: [
      'The question in this appeal is whether the resolutions passed by the owners of an estate in {place} on {date} are of any effect.',
      'The appellants are owners of {count} units; they say that they were shut out of a decision which will cost each household a year’s wages.',
    ],
    facts: [
      'The notice of meeting was posted in the lobby of each block, but it was put into the letter boxes of only {percent} per cent of the flats.',
      'Some {count} proxy forms were lodged by {witness}, an employee of the contractor that went on to win the tender.',
      'The chairman, {witness}, declined to let anyone inspect the forms, saying that “the office has checked them all”.',
      'The works in contemplation were the renewal of the fire mains and the repair of the outer walls, priced at HK${amount}.',
      'Three of the persons whose names stand on the forms gave evidence that they had signed a blank sheet in exchange for a bag of rice.',
    ],
    law: [
      'The requirement of notice in {statute} exists so that an owner may decide whether to come, and a meeting of which some owners were kept ignorant is not a meeting of the owners.',
      'An irregularity which could not have affected the outcome need not be fatal, but he who relies on that exception must make it good.',
      'A chairman exercises a power given for the benefit of all; he must use it honestly, and must be seen to keep a record of its use.',
    ],
    findings: [
      'Leaving out the forms that were plainly bad, the majority was {count} shares, which is fewer than the number of shares whose owners received no notice.',
      'I do not find that the chairman acted dishonestly; I do find that he shut his eyes to what {witness} was doing.',
      'The tender report was available to the committee for {count} days and to the owners for none.',
    ],
    orders: [
      'The resolutions are declared to be void and the corporation is restrained from acting on them.',
      'The appeal is dismissed; but since the point is one of general interest there will be no order as to costs.',
    ],
  },
  {
    subject: 'Judicial review: refusal of licence: procedural fairness: adequacy of reasons',
    parties: 'review',
    statute: 'section 11 of the Places of Refreshment Regulation',
    opening: [
      'The applicant challenges a decision of {date} by which the Director refused to renew a licence that had been renewed without question for {count} years.',
      'Leave was granted on the papers on one ground only: that the applicant had no opportunity to meet the case against it.',
    ],
    facts: [
      'A complaint was received from a resident of {place} on {date}; neither its text nor its substance was shown to the applicant.',
      'The officer in charge, {witness}, visited the premises {count} times and found nothing out of order on all but one of those visits.',
      'The letter of refusal runs to four lines, and says that the renewal was “not considered appropriate in all the circumstances”.',
      'An internal minute, disclosed only in these proceedings, shows that the decisive point was a supposed change in the layout of the kitchen.',
      'The applicant’s plans of the kitchen had been stamped by the same department on {date}.',
    ],
    law: [
      'What fairness demands depends on the nature of the decision and on what the person affected stands to lose; the loss of a livelihood stands near the top of that scale.',
      'Reasons need not be long. They must be such that a reader who knows the file can tell what was decided on each of the points that mattered.',
      'A court does not ask whether a fair hearing would have changed the result, except where it is plain beyond argument that it could not.',
    ],
    findings: [
      'The applicant was entitled to be told that the layout was in issue; a single sentence would have been enough.',
      'I reject the submission that the applicant ought to have guessed the point from the questions put by {witness}.',
      'The reasons now offered in the affidavit are reasons of a lawyer, composed after the event, and I give them little weight.',
    ],
    orders: [
      'An order of certiorari will go to bring up and quash the decision, and the application for renewal is remitted to a different officer.',
      'The application for judicial review is dismissed with costs, to be taxed if not agreed.',
    ],
  },
  {
    subject: 'Criminal law and sentence: trafficking in a dangerous drug: role of the offender',
    parties: 'criminal',
    statute: 'section 4 of the Dangerous Drugs Ordinance (Cap. 134)',
    opening: [
      'The applicant pleaded guilty to one count of trafficking in a dangerous drug and was sentenced to {count} years and four months’ imprisonment; he now seeks leave to appeal against sentence.',
      'This is an application for leave to appeal against conviction after a trial before a judge and a jury of seven.',
    ],
    facts: [
      'On {date} officers on patrol in {place} saw the applicant leave a taxi, look twice over his shoulder and walk into the rear staircase of a tenement.',
      'In his rucksack there was a biscuit tin holding {count} sealed bags, found on analysis to contain {amount} milligrammes of the drug.',
      'Under caution he said that a man known to him only as “Ah Keung” had offered him a few thousand dollars to carry the tin to {place}.',
      'The telephone seized from him held a photograph, taken the evening before, of an electronic scale.',
      'He was {count} years old, had a clear record, and had lost his job at a restaurant some weeks before.',
    ],
    law: [
      'The guideline is a starting point and not a table; the weight of the drug comes first, the part played by the offender second.',
      'A courier who knows little is not for that reason to be treated as one who knows nothing.',
      'The full discount of one third is reserved for a plea at the first opportunity: a plea on the morning of trial earns markedly less.',
      'It is for the prosecution to prove that the defendant knew that what he carried was a dangerous drug within {statute}.',
    ],
    findings: [
      'The judge was entitled to regard the photograph of the scale as inconsistent with the story of a mere errand.',
      'The enhancement of {percent} per cent for the international element was supported by nothing in the admitted facts and must go.',
      'Nothing in the personal circumstances, sad as they are, could properly reduce the term any further.',
    ],
    orders: [
      'Leave is granted, the hearing is treated as the appeal, and the sentence is reduced by {count} months.',
      'The application for leave is refused; the applicant is warned about the loss of time.',
    ],
  },
  {
    subject: 'Land: adverse possession: intention to possess: licence',
    parties: 'civil',
    statute: 'section 7 of the Limitation Ordinance (Cap. 347)',
    opening: [
      'These proceedings concern a strip of hillside in {place}, about the size of a tennis court, on which the plaintiff’s family have grown papaya for two generations.',
      'The defendant holds the paper title. The plaintiff says that the title was extinguished not later than {date}.',
    ],
    facts: [
      'A fence of bamboo and fishing net was put up after the typhoon of that year and was renewed, according to {witness}, “whenever the dogs got in”.',
      'Aerial photographs of {count} different years were put before me, and were explained by a surveyor, {witness}.',
      'A letter in Chinese dated {date}, signed with the chop of {written}, asks for “permission to go on using the slope until it is wanted”.',
      'No rent was ever paid. The rates were demanded from the defendant and paid by the defendant.',
      'The village representative, {written}, remembered the gate being locked during the festival, though not in which years.',
    ],
    law: [
      'Possession is a matter of fact and intention: there must be physical custody of a sufficient degree, and a will to hold the land for oneself to the exclusion of the world.',
      'Time does not run under {statute} in favour of one who is on the land by leave of the owner.',
      'An acknowledgment in writing, signed by the person in possession, starts the period afresh.',
    ],
    findings: [
      'I am satisfied that the strip was enclosed by {date}, for the shadow of the fence can be seen on the third of the photographs.',
      'The letter is genuine. The paper, the ink and the chop were all examined, and nobody has been able to suggest why it should have been forged.',
      'It follows that from the date of the letter the family were there by licence, and that the clock stopped.',
    ],
    orders: [
      'The plaintiff’s claim to title is dismissed and there will be an order for possession, stayed for six months so that the crop may be taken in.',
      'There will be a declaration that the defendant’s title to the strip, shown edged red on the plan, has been extinguished.',
    ],
  },
  {
    subject: 'Companies: winding up on the just and equitable ground: breakdown of confidence',
    parties: 'civil',
    statute: 'section 177 of the Companies (Winding Up and Miscellaneous Provisions) Ordinance (Cap. 32)',
    opening: [
      'The petitioner, who owns {percent} per cent of the shares, asks that the company be wound up because it is just and equitable to do so.',
      'Two brothers-in-law went into business together in a single shop in {place}; this petition is what became of it.',
    ],
    facts: [
      'No dividend was ever declared. What the families lived on was drawn as salary, and the petitioner’s salary ended on {date}.',
      'The board met on {date} without the petitioner, who had been told of the meeting by a message sent while he was in an aeroplane.',
      '{witness}, the bookkeeper, produced ledgers showing loans of HK${amount} to a company owned by the respondent’s wife.',
      'An offer to buy the petitioner’s shares at a price “to be fixed by the auditor” was made on {date} and was never withdrawn.',
      'The bank accounts were frozen for {count} weeks, during which the staff were paid out of the respondent’s own pocket.',
    ],
    law: [
      'A small company may rest on a mutual trust which the articles do not express; where that trust is destroyed by the conduct of those in control, {statute} permits the court to act.',
      'A petitioner who has refused a fair offer for his shares will usually be left to it.',
      'Winding up is a remedy of last resort, for it destroys what both sides have built.',
    ],
    findings: [
      'The business was, on any sensible view, a partnership that happened to wear the clothes of a company.',
      'The loans were recorded openly and carried interest; I do not find that anything was hidden.',
      'The auditor had a long friendship with the respondent, so that the offer cannot be called a fair one.',
    ],
    orders: [
      'I make the usual winding-up order, suspended for 28 days so that the parties may agree on a purchase by an independent valuation.',
      'The petition is dismissed, and the petitioner must pay the costs of the respondent but not those of the company.',
    ],
  },
  {
    subject: 'Arbitration: enforcement of award: public policy: opportunity to present case',
    parties: 'civil',
    statute: 'section 89 of the Arbitration Ordinance (Cap. 609)',
    opening: [
      'By a summons of {date} the respondent asks me to set aside an order which gave leave to enforce an award in the sum of HK${amount}.',
      'The award was made in an arbitration seated abroad, in the course of a dispute over the building of {count} barges.',
    ],
    facts: [
      'The tribunal consisted of a sole arbitrator, who sat for {count} days and delivered an award of some two hundred paragraphs.',
      'A request for the adjournment of the hearing, made because {witness} was in hospital, was refused in a message of eleven words.',
      'The respondent’s expert was cut short after forty minutes, though he had been promised half a day.',
      'Nobody protested at the time. The transcript ends with counsel for the respondent thanking the tribunal for its courtesy.',
      'An application to the court of the seat was made on {date} and was abandoned before it was heard.',
    ],
    law: [
      'The grounds in {statute} are to be construed narrowly, and even where one is made out the court may still enforce.',
      'It is not enough that another tribunal would have been more patient; what must be shown is a denial of justice so serious as to offend our basic notions.',
      'A party who knows of an irregularity and says nothing may be taken to have accepted it.',
    ],
    findings: [
      'I do not think that the refusal of the adjournment, brief as it was, came near the mark: the evidence of {witness} was on paper and was not challenged.',
      'The respondent chose to wait and see what the award would be, and cannot now be heard to complain of a procedure which it applauded.',
      'The complaint about the expert has more substance, but the point on which he was stopped played no part in the result.',
    ],
    orders: [
      'The summons is dismissed, with costs on the indemnity basis.',
      'The order giving leave is set aside so far as it concerns interest, and stands in every other respect.',
    ],
  },
]

export const submissions: List = [
  'For the {side}, {counsel} submitted that the point was concluded by authority and that nothing in the later cases had shaken it.',
  '{counsel}, who appeared for the {side} with {counsel}, put the matter in three ways, of which only the second was pressed with any warmth.',
  'It was urged upon me that to decide otherwise would open a door through which a great many less deserving litigants would pass.',
  'I was reminded, rightly, that a witness may be honest and mistaken, and that the surest guide is what people wrote down at the time.',
  'The {side} accepted in the course of argument that, if the finding on the first issue went against it, the second did not arise.',
  '{counsel} took me through the bundle with admirable economy; I hope that I shall not be thought ungrateful if I mention only a few of its {count} volumes.',
  'There was some debate as to whether the onus lay on the {side}; in the end, however, the case does not turn upon the onus.',
]
export const reasoning: List = [
  'I turn, then, to the evidence of {witness}, which took up the better part of two days and which, in its essentials, I accept.',
  'As was said in {authority}, the court looks at the substance of what the parties did, and not at the label which they chose to put upon it.',
  'That passage was adopted in {authority}, and I respectfully follow it; but I would add that facts vary without end, and that a phrase apt for one case may mislead in the next.',
  'On this part of the matter {witness} was, I regret to say, evasive: asked four times where the original was kept, he gave four different answers.',
  'Counsel could find no case precisely in point, and neither could I, despite the industry of my judicial assistant.',
  'The difficulty with that argument is that it proves too much, for on the same reasoning no agreement of this kind could ever be relied on.',
  'I bear in mind that the events happened long ago, that memory fades, and that the documents which might have settled the question were destroyed in a flood at {place}.',
  'In {authority} the position was quite different, since there the parties had never met and dealt with each other only through an agent.',
  'The short answer, in my view, is that the {side} knew perfectly well what was being signed, and signed it.',
  'Some reliance was placed on a remark in {authority}; read in its context, it does no more than restate the ordinary rule.',
  'This is, of course, a question of degree, and minds may differ upon it; but I have come to a clear view.',
  'It is convenient to take the chronology first, because a good deal that seemed obscure at the opening becomes plain once the dates are set side by side.',
]
