/** Pictures of every screen in both languages and four sizes, to be looked at: `make screenshots`. */
import { SCREENS, shown } from "../addresses";
import { logInWith, settled, shoot, SIZES, test, token } from "../journey";

test.setTimeout(180_000);

for (const screen of SCREENS) {
  test(`pictures of ${screen.path}`, async ({ page, request }) => {
    const { role, name, address } = await shown(screen, request);
    await logInWith(page, await token(request, role), role);
    for (const language of ["zh", "en"] as const) {
      await page.evaluate((l) => localStorage.setItem("quell.language", l), language);
      for (const [width, height] of Object.entries(SIZES)) {
        await page.setViewportSize({ width: Number(width), height });
        await page.goto(address);
        await settled(page);
        await shoot(page, role, name, language);
      }
    }
  });
}
