/** Words that come with the data: a procedure's questions have three wordings of their own. */
import { plainWords } from '../../contract/procedure/readings.ts';
import type { Words } from '../../contract/procedure/words.ts';
import { useKiosk } from './kiosk-context.ts';

export function useWords(): (words: Words) => string {
  const { settings } = useKiosk();
  return (words) => plainWords(words[settings.language]);
}
