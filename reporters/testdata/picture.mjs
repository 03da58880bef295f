// Takes a picture of the top of an HTML report, with the first cause open.
//
//   node picture.mjs REPORT PICTURE HEIGHT
//
// CHROMIUM is the browser, NODE_PATH where puppeteer-core is.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [report, picture, height] = process.argv.slice(2);
const require = createRequire(join(process.env.NODE_PATH, 'anchor.js'));
const { default: puppeteer } = await import(require.resolve('puppeteer-core'));
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM, headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const tab = await browser.newPage();
  await tab.setViewport({ width: 1280, height: Number(height) });
  await tab.goto(`file://${resolve(report)}`);
  await tab.evaluate(() => { const first = document.querySelector('.cause'); if (first) first.open = true; });
  await tab.screenshot({ path: picture });
} finally {
  await browser.close();
}
