/**
 * Chooses the shared picture.
 *
 * @module
 */

import { useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { spoken } from "../language.ts";
import { shown } from "../numbers.ts";
import { FRAME } from "../texts.ts";
import { cameraRate, startCamera, stopCamera } from "./camera.ts";
import { loadSample, openPicture, type PictureName, pictureName, pictureProblem, SAMPLES } from "./picture.ts";

/** The row of choices. While it is shown, pictures can be pasted and dropped anywhere. */
export function PicturePicker(): JSX.Element {
  const texts = spoken(FRAME);
  useSignalEffect(() => void loadSample(pictureName.value));
  useEffect(takePastedAndDropped, []);
  const own = pictureName.value === "own";
  return (
    <div class="picker">
      <div class="choices">
        <label class="choice">
          {texts.picture}
          <select
            value={pictureName.value}
            onChange={(event) => {
              stopCamera();
              pictureName.value = event.currentTarget.value as PictureName;
            }}
          >
            {SAMPLES.map((name) => (
              <option key={name} value={name}>
                {texts.samples[name]}
              </option>
            ))}
            {own && <option value="own">{texts.ownPicture}</option>}
          </select>
        </label>
        <label class="button">
          {texts.openFile}
          <input
            type="file"
            accept="image/*"
            class="unseen"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              stopCamera();
              if (file !== undefined) void openPicture(file);
              event.currentTarget.value = "";
            }}
          />
        </label>
        <CameraButton />
      </div>
      <p class="hint">{texts.paste}</p>
      <p class="problem" role="alert">
        {pictureProblem.value}
      </p>
    </div>
  );
}

function CameraButton(): JSX.Element {
  const texts = spoken(FRAME);
  const rate = cameraRate.value;
  if (rate === undefined) {
    return (
      <button type="button" onClick={() => void startCamera()}>
        {texts.camera}
      </button>
    );
  }
  return (
    <>
      <button type="button" onClick={stopCamera}>
        {texts.stopCamera}
      </button>
      <span class="rate" data-rate={rate}>
        {texts.cameraRate(shown(rate, 0))}
      </span>
    </>
  );
}

function takePastedAndDropped(): () => void {
  const take = (event: Event, files: FileList | undefined): void => {
    const file = [...(files ?? [])].find(({ type }) => type.startsWith("image/"));
    if (file === undefined) return;
    event.preventDefault();
    stopCamera();
    void openPicture(file);
  };
  const pasted = (event: ClipboardEvent): void => take(event, event.clipboardData?.files);
  const dropped = (event: DragEvent): void => take(event, event.dataTransfer?.files);
  const allowed = (event: DragEvent): void => event.preventDefault();
  addEventListener("paste", pasted);
  addEventListener("drop", dropped);
  addEventListener("dragover", allowed);
  return () => {
    removeEventListener("paste", pasted);
    removeEventListener("drop", dropped);
    removeEventListener("dragover", allowed);
    stopCamera();
  };
}
