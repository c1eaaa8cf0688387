// Put into every page before its own scripts: notes how loud the page is, every 20 ms, in window.heard.
// [milliseconds since the page began, RMS 0..1]; what a muted audio element would play counts as silence.
(() => {
  const heard = (window.heard = []);
  const connect = AudioNode.prototype.connect;

  function listen(node, gain) {
    const analyser = new AnalyserNode(node.context, { fftSize: 1024 });
    connect.call(node, analyser);
    const samples = new Float32Array(analyser.fftSize);
    setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
      heard.push([performance.now(), gain() * Math.sqrt(energy / samples.length)]);
    }, 20);
  }

  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) listen(this, () => 1);
    return connect.call(this, target, ...rest);
  };

  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    ...source,
    set(stream) {
      source.set.call(this, stream);
      if (!stream) return;
      const context = new AudioContext();
      listen(context.createMediaStreamSource(stream), () => (this.muted ? 0 : this.volume));
    },
  });
})();
