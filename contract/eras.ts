/** The eras of the Japanese calendar, as data. */
export const ERAS = ['meiji', 'taisho', 'showa', 'heisei', 'reiwa'] as const;
export type Era = (typeof ERAS)[number];

/** First days, as the cabinet's orders and the Era Name Act have them; Meiji from the day the solar calendar began. */
export const FIRST_DAY: Readonly<Record<Era, string>> = { meiji: '1873-01-01', taisho: '1912-07-30', showa: '1926-12-25', heisei: '1989-01-08', reiwa: '2019-05-01' };
/** The calendar year in which year 1 lies. */
export const YEAR_ONE: Readonly<Record<Era, number>> = { meiji: 1868, taisho: 1912, showa: 1926, heisei: 1989, reiwa: 2019 };
export const ERA_NAMES: Readonly<Record<Era, string>> = { meiji: '明治', taisho: '大正', showa: '昭和', heisei: '平成', reiwa: '令和' };

