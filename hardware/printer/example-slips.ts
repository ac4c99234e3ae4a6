/**
 * Two slips as a town would print them, in receiptline's markup, for tests of the layout and of the printer. What a kiosk prints is made by the agent's
 * templates. Titles and sentences stand in `^^^` (6 mm), amounts in `"^^^^^…^^^^^"` (figures 9 mm high) with the unit after `~`; a leading `| ` puts a
 * line at the right edge, a trailing ` |` at the left; only what staff need stands in the base size of 3 mm.
 */
export const BALANCE_SLIP = `{b:none}
苫前町　かざす窓口

"^^^残高のお知らせ^^^"

^^^2026年11月21日(土)^^^
^^^10時05分現在^^^
---

"^^^物価高騰くらし応援券^^^" |
| "^^^^^12,345^^^^^~^^^円^^^"
| ^^^2027年3月31日(水)まで^^^

---

"^^^苫前町ポイント^^^" |
| "^^^^^1,234,567^^^^^~^^^点^^^"
| ^^^2027年12月31日(金)まで^^^

---

^^お問い合わせ^^ |
^^^苫前町役場　企画振興課^^^ |
^^^0164-64-2212^^^ |

---
番号　役場1-0042 | 苫前町役場で印刷しました`;

export const LOAD_SLIP = `{b:none}
苫前町　かざす窓口

"^^^お受け取りの控え^^^"

^^^2026年11月21日(土)^^^
^^^10時05分^^^
---

"^^^物価高騰くらし応援券^^^" |

^^^受け取った額^^^ |
| "^^^^^5,000^^^^^~^^^円^^^"

^^^いまの残高^^^ |
| "^^^^^17,345^^^^^~^^^円^^^"

^^^使える最後の日^^^ |
| "^^^2027年3月31日(水)^^^"

---

^^使えるところ^^ |
^^^町内の加盟店（ステッカーのある店）^^^ |

^^お問い合わせ^^ |
^^^苫前町役場　企画振興課^^^ |
^^^0164-64-2212^^^ |

---
番号　役場1-0042 | 苫前町役場で印刷しました`;
