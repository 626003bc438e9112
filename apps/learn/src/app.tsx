/**
 * The frame of the page: its name, the way through the stages, and the stage that is shown.
 *
 * @module
 */

import { effect, type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { addressOf, markReady, misunderstood, stage } from "./address.ts";
import { LANGUAGES, type Language, language, spoken } from "./language.ts";
import { Prose } from "./parts/prose.tsx";
import { STAGE_IDS, type StageId } from "./stage-ids.ts";
import { STAGES, stageOf } from "./stages.ts";
import { FRAME } from "./texts.ts";

type Loaded =
  | { readonly id: string; readonly Stage: () => JSX.Element }
  | { readonly id: string; readonly error: string };

const shown: Signal<Loaded | undefined> = signal(undefined);

effect(() => void show(stageOf(stage.value)));

async function show(id: StageId): Promise<void> {
  try {
    const { default: Stage } = await STAGES[id].load();
    if (stage.peek() !== id) return;
    shown.value = { id, Stage };
    markReady(id);
  } catch (error) {
    shown.value = { id, error: (error as Error).message };
  }
}

/** The page. */
export function App(): JSX.Element {
  const texts = spoken(FRAME);
  const current = stageOf(stage.value);
  document.title = `${titleOf(current)} · ${texts.title}`;
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("stage")?.focus()}>
        {texts.skip}
      </button>
      <header class="masthead">
        <a class="wordmark" href={addressOf(STAGE_IDS[0])}>
          corr2d<span>{texts.subtitle}</span>
        </a>
        <LanguageChoice />
      </header>
      <div class="columns">
        <nav aria-label={texts.stages} class="way">
          <ol>
            {STAGE_IDS.map((id, n) => (
              <li key={id}>
                <a href={addressOf(id)} aria-current={id === current ? "page" : undefined}>
                  <span class="number">{n + 1}</span>
                  <span class="title">{titleOf(id)}</span>
                </a>
              </li>
            ))}
          </ol>
        </nav>
        <main id="stage" tabIndex={-1}>
          {misunderstood.value.length > 0 && (
            <p class="notice" role="status">
              {texts.misunderstood(misunderstood.value.join(", "))}
            </p>
          )}
          <ShownStage />
          <Neighbours id={current} />
        </main>
      </div>
      <footer>
        <p>
          <Prose text={texts.footer} />
        </p>
      </footer>
    </>
  );
}

function ShownStage(): JSX.Element | null {
  const loaded = shown.value;
  if (loaded === undefined) return null;
  if ("error" in loaded) return <p role="alert">{spoken(FRAME).notLoaded(loaded.error)}</p>;
  return <loaded.Stage key={loaded.id} />;
}

function LanguageChoice(): JSX.Element {
  const names = Object.entries(LANGUAGES) as [Language, string][];
  return (
    <fieldset class="languages" aria-label={spoken(FRAME).language}>
      {names.map(([tag, name]) => (
        <button
          key={tag}
          type="button"
          lang={tag}
          aria-pressed={language.value === tag}
          onClick={() => {
            language.value = tag;
          }}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

function Neighbours({ id }: { readonly id: StageId }): JSX.Element {
  const index = STAGE_IDS.indexOf(id);
  const [before, after] = [STAGE_IDS[index - 1], STAGE_IDS[index + 1]];
  return (
    <div class="neighbours">
      {before !== undefined && <a href={addressOf(before)}>← {titleOf(before)}</a>}
      {after !== undefined && (
        <a class="next" href={addressOf(after)}>
          {titleOf(after)} →
        </a>
      )}
    </div>
  );
}

function titleOf(id: StageId): string {
  return spoken(STAGES[id].title);
}
