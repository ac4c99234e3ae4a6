/** What everybody is told before they agree, on the glass and aloud: what is linked, what for, what is kept, how it ends. */
export const LINK_FACTS = [
  ['link.what', 'link.what-about'],
  ['link.why', 'link.why-about'],
  ['link.kept', 'link.kept-about'],
  ['link.end', 'link.end-about'],
] as const;
