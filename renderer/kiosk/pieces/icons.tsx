/** Small line drawings beside a button's words; never without words. */
import type { ReactNode } from 'react';

export function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      {children}
    </svg>
  );
}

export const GiftIcon = () => (
  <Icon>
    <path d="M3.5 8.5h17v4h-17zM5 12.5h14V21H5zM12 8.5V21M12 8.5C9 8.5 7.5 7 8 5.300c.6-1.900 3.200-1.500 4 3.200.8-4.700 3.400-5.100 4-3.200.5 1.700-1 3.200-4 3.200" />
  </Icon>
);

export const SlipIcon = () => (
  <Icon>
    <path d="M6 3h12v18l-2-1.500-2 1.500-2-1.500-2 1.500-2-1.500L6 21zM9 8h6M9 11.500h6M9 15h4" />
  </Icon>
);

export const MoreIcon = () => (
  <Icon>
    <path d="M4 12h15M13 6l6 6-6 6" />
  </Icon>
);

export const BackIcon = () => (
  <Icon>
    <path d="M20 12H5M11 6l-6 6 6 6" />
  </Icon>
);

export const SwapIcon = () => (
  <Icon>
    <path d="M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4" />
  </Icon>
);

export const SafeIcon = () => (
  <Icon>
    <path d="M12 3l7.500 2.800V11c0 4.600-3 8-7.500 10-4.500-2-7.500-5.400-7.500-10V5.800zM8.300 12l2.600 2.600 4.800-5" />
  </Icon>
);

export const DoneIcon = () => (
  <Icon>
    <path d="M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM7.800 12.300l2.900 2.900 5.500-6" />
  </Icon>
);
