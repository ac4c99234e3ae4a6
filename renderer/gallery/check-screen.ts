/**
 * Looks at the screen that is shown and says what is wrong with it: cut off, overlapping, too small, too close. Runs inside the
 * page (the test hands the function over), so it uses nothing from outside itself.
 */
export interface Floors {
  readonly pxPerMm: number;
  /** Smallest text in the main part, and anywhere. Millimetres. */
  readonly mainTextMm: number;
  readonly anyTextMm: number;
  /** Readings above kanji. */
  readonly readingMm: number;
  /** Every kanji that is not data must have its reading. */
  readonly readings: boolean;
  readonly amountMm: number;
  /** Which amounts must be that large. */
  readonly amounts: string;
}

export function faultsOfScreen(floors: Floors): string[] {
  const { pxPerMm } = floors;
  const faults: string[] = [];
  const say = (element: Element) => `${element.tagName.toLowerCase()}.${element.className.toString()} 「${(element.textContent ?? '').slice(0, 24)}」`;
  const inside = (box: DOMRect, area: DOMRect, slack = 1.5) =>
    box.left >= area.left - slack && box.right <= area.right + slack && box.top >= area.top - slack && box.bottom <= area.bottom + slack;
  const mm = (px: number) => px / pxPerMm;
  const close = 0.05;

  const kiosk = document.querySelector('.kiosk');
  if (!kiosk) return ['there is no kiosk'];
  const glass = new DOMRect(0, 0, window.innerWidth, window.innerHeight);
  if (document.documentElement.scrollHeight > glass.height || document.documentElement.scrollWidth > glass.width) faults.push('the page scrolls');

  const texts: Array<{ node: Text; parent: Element; boxes: DOMRect[] }> = [];
  for (const region of kiosk.querySelectorAll('header, main, footer')) {
    const area = region.getBoundingClientRect();
    if (!inside(area, glass)) faults.push(`${say(region)} leaves the glass`);
    const walker = document.createTreeWalker(region, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode as Text;
      const parent = node.parentElement;
      if (!parent || node.data.trim() === '' || !parent.checkVisibility({ visibilityProperty: true }) || parent.closest('main .title')?.clientWidth === 1) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
      texts.push({ node, parent, boxes });
      // The answer to a call may stand in the header's place on a small glass.
      const place = parent.closest('.call-answer') ? glass : area;
      for (const box of boxes) if (!inside(box, place)) faults.push(`text of ${say(parent)} is cut off`);
      const holder = parent.closest('button, .panel, .pocket, .notice, .emergency-words, .safe, .why-not, .simulated, .call-answer p');
      if (holder) for (const box of boxes) if (!inside(box, holder.getBoundingClientRect())) faults.push(`text of ${say(parent)} leaves its ${holder.className}`);
      if (floors.readings && /\p{Script=Han}/u.test(node.data) && !parent.closest('ruby, [lang="ja"]:not(html):not(button)')) faults.push(`text of ${say(parent)} has no reading`);
      const size = mm(Number.parseFloat(getComputedStyle(parent).fontSize));
      const floor = parent.tagName === 'RT' ? floors.readingMm : parent.matches(floors.amounts) ? floors.amountMm : parent.closest('main') ? floors.mainTextMm : floors.anyTextMm;
      if (size < floor - close) faults.push(`text of ${say(parent)} is ${size.toFixed(1)} mm, less than ${floor}`);
    }
  }
  for (const [index, one] of texts.entries()) {
    for (const other of texts.slice(index + 1)) {
      // A reading stands close above its own word.
      if (one.parent === other.parent || one.parent.contains(other.parent) || other.parent.contains(one.parent)) continue;
      const overlaps = one.boxes.some((a) => other.boxes.some((b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > Math.min(a.height, b.height) * 0.3));
      if (overlaps) faults.push(`${say(one.parent)} and ${say(other.parent)} overlap`);
    }
  }

  const solid = [...kiosk.querySelectorAll('button, .panel, .pocket, .notice, .emergency-words, .safe, .why-not, .picture-place, h1, .call-answer p')].filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.clientWidth > 1);
  for (const [index, one] of solid.entries()) {
    const a = one.getBoundingClientRect();
    const region = one.closest('header, main, footer');
    const place = one.closest('.call-answer') || !region ? glass : region.getBoundingClientRect();
    if (!inside(a, place)) faults.push(`${say(one)} is cut off`);
    if (one.scrollWidth > one.clientWidth + 2 && getComputedStyle(one).display !== 'inline') faults.push(`${say(one)} is too narrow for what is in it`);
    if (one instanceof HTMLButtonElement) {
      const bar = one.closest('footer') !== null;
      // Keys of a keypad are many, and stand apart.
      const narrowest = bar ? 0 : one.classList.contains('key') || one.closest('main.keys') ? 24 : 60;
      if (mm(a.height) < (bar ? 22 : 24) - close || mm(a.width) < narrowest - close) faults.push(`${say(one)} is only ${mm(a.width).toFixed(1)} × ${mm(a.height).toFixed(1)} mm`);
    }
    for (const other of solid.slice(index + 1)) {
      if (one.contains(other) || other.contains(one)) continue;
      const b = other.getBoundingClientRect();
      const gapX = Math.max(a.left, b.left) - Math.min(a.right, b.right);
      const gapY = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
      if (gapX < -1 && gapY < -1) faults.push(`${say(one)} and ${say(other)} overlap`);
      if (one instanceof HTMLButtonElement && other instanceof HTMLButtonElement && mm(Math.max(gapX, gapY)) < 6 - close) {
        faults.push(`${say(one)} and ${say(other)} are only ${mm(Math.max(gapX, gapY)).toFixed(1)} mm apart`);
      }
    }
  }
  if ([...kiosk.querySelectorAll('h1')].filter((title) => title.checkVisibility()).length !== 1) faults.push('there is not one title');
  if (!kiosk.querySelector('footer .staff')) faults.push('職員を呼ぶ is missing');
  for (const picture of kiosk.querySelectorAll('.picture')) {
    if (!picture.checkVisibility()) continue;
    const box = picture.getBoundingClientRect();
    if (mm(box.height) < 30) faults.push('the picture is too small to say anything');
    for (const { parent, boxes } of texts) {
      if (boxes.some((a) => Math.min(a.right, box.right) - Math.max(a.left, box.left) > 2 && Math.min(a.bottom, box.bottom) - Math.max(a.top, box.top) > a.height * 0.1)) faults.push(`the picture covers ${say(parent)}`);
    }
  }
  return [...new Set(faults)];
}
