/** What the announcements are about: each with words of its own, so that related ones can be told by their text. */
export interface Subject {
  readonly thing: string
  readonly trouble: readonly [string, ...string[]]
  readonly remedy: string
  readonly ja: readonly [thing: string, trouble: string]
  readonly zh: readonly [thing: string, trouble: string]
  readonly de: readonly [thing: string, trouble: string]
  readonly icon: string
}

export const subjects: readonly [Subject, ...Subject[]] = [
  {
    thing: 'folding pushchairs',
    trouble: ['the hinge of the frame can close on a finger', 'the front wheel comes off on kerbs'],
    remedy: 'stop using the pushchair, lock its frame open and ask the importer for a hinge cover',
    ja: ['折りたたみ式ベビーカー', 'フレームの蝶番に指を挟むおそれがあること'],
    zh: ['折叠婴儿车', '车架铰链可能夹伤手指'],
    de: ['Kinderwagen', 'das Gelenk des Rahmens Finger einklemmen kann'],
    icon: '🚼',
  },
  {
    thing: 'smoked trout',
    trouble: ['listeria was found in two of five samples', 'the cold chain was broken at a transfer depot'],
    remedy: 'return the fish or throw it away, also when it smells fresh, and wash the shelf of the fridge',
    ja: ['燻製ます', '検体からリステリア菌が検出されたこと'],
    zh: ['烟熏鳟鱼', '样本中检出李斯特菌'],
    de: ['Räucherforellen', 'in zwei Proben Listerien gefunden wurden'],
    icon: '🐟',
  },
  {
    thing: 'electric scooter batteries',
    trouble: ['cells overheat while charging', 'the charger keeps charging a full battery'],
    remedy: 'charge outdoors and under watch only, and have the battery pack exchanged at a workshop',
    ja: ['電動キックボードの電池', '充電中に電池が過熱すること'],
    zh: ['电动滑板车电池', '充电时电芯过热'],
    de: ['Akkus von Elektrorollern', 'die Zellen beim Laden überhitzen'],
    icon: '🔋',
  },
  {
    thing: 'retail investment platforms',
    trouble: ['clients were promised returns that nobody could keep', 'client money was not held apart'],
    remedy: 'withdraw balances in writing, keep statements, and report missing money to the ombudsman',
    ja: ['個人向け投資サービス', '顧客資産の分別管理が行われていないこと'],
    zh: ['零售投资平台', '客户资金未分开存放'],
    de: ['Anlageplattformen', 'Kundengelder nicht getrennt verwahrt wurden'],
    icon: '💶',
  },
  {
    thing: 'payment card terminals',
    trouble: ['card numbers were written to an open log', 'refunds were booked twice over a weekend'],
    remedy: 'install the signed firmware, change the terminal keys and reconcile the refunds of the period',
    ja: ['カード決済端末', 'カード番号が平文で記録されること'],
    zh: ['银行卡终端', '卡号以明文写入日志'],
    de: ['Kartenterminals', 'Kartennummern im Klartext gespeichert wurden'],
    icon: '💳',
  },
  {
    thing: 'drinking water wells',
    trouble: ['nitrate rose above the limit after the autumn rain', 'a seal of the pump house leaks'],
    remedy: 'use bottled water for infants, boil nothing (it does not help), and wait for the next sample',
    ja: ['飲料水の井戸', '硝酸塩が基準値を超えたこと'],
    zh: ['饮用水井', '硝酸盐超过限值'],
    de: ['Trinkwasserbrunnen', 'der Nitratwert über der Grenze liegt'],
    icon: '💧',
  },
  {
    thing: 'regional ferries',
    trouble: ['life jackets were stowed behind a locked door', 'the bow sensor fails in heavy swell'],
    remedy: 'sail with half the passengers and a second lookout until the safety survey is passed',
    ja: ['地域フェリー', '救命胴衣が施錠された場所に置かれていたこと'],
    zh: ['区域渡轮', '救生衣存放在上锁的舱室'],
    de: ['Fähren', 'Rettungswesten hinter einer verschlossenen Tür lagen'],
    icon: '⛴️',
  },
  {
    thing: 'hay fever tablets',
    trouble: ['the leaflet gives twice the dose for children', 'a batch was packed in the wrong strength'],
    remedy: 'check the lot number on the box and bring tablets of the named lots back to any pharmacy',
    ja: ['花粉症の錠剤', '小児の用量が二倍に記載されていたこと'],
    zh: ['花粉症药片', '说明书中儿童剂量多写一倍'],
    de: ['Heuschnupfentabletten', 'die Packungsbeilage die doppelte Dosis für Kinder nennt'],
    icon: '💊',
  },
  {
    thing: 'mobile roaming tariffs',
    trouble: ['customers were charged abroad without a message', 'the daily cap was ignored at borders'],
    remedy: 'pay the charges back within two bills and send a message at every border from now on',
    ja: ['国際ローミング料金', '通知なしに課金されていたこと'],
    zh: ['移动漫游资费', '未发短信通知即收费'],
    de: ['Roamingtarife', 'Kunden ohne Nachricht belastet wurden'],
    icon: '📱',
  },
  {
    thing: 'timber imports',
    trouble: ['papers name a forest that was felled years ago', 'bark beetles were found under the bark'],
    remedy: 'hold the logs at the port, treat them by heat and show the felling licence for each lot',
    ja: ['輸入木材', '樹皮の下に害虫が見つかったこと'],
    zh: ['进口木材', '树皮下发现甲虫'],
    de: ['Importholz', 'unter der Rinde Borkenkäfer gefunden wurden'],
    icon: '🌲',
  },
]
