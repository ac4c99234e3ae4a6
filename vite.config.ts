/**
 * Builds the window: `vite build` makes the kiosk in dist/renderer, `vite build --mode gallery` the gallery in out/gallery. All
 * scripts, styles, fonts and pictures are files of this origin, nothing is inlined, so the strictest content policy holds.
 */
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Every browser that runs here reads WOFF2; the WOFF twins would only double the package. */
function withoutWoffTwins(): Plugin {
  return {
    name: 'without-woff-twins',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('@fontsource') || !id.endsWith('.css')) return undefined;
      return { code: code.replaceAll(/,\s*url\([^)]*\.woff\) format\('woff'\)/g, ''), map: null };
    },
  };
}

export default defineConfig(({ mode }) => {
  const gallery = mode === 'gallery';
  return {
    root: 'renderer',
    base: '/',
    publicDir: false,
    plugins: [react(), withoutWoffTwins()],
    build: {
      outDir: gallery ? '../out/gallery' : '../dist/renderer',
      emptyOutDir: true,
      target: 'chrome120',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1_000,
      rolldownOptions: { input: gallery ? 'renderer/gallery.html' : 'renderer/index.html' },
    },
  };
});
