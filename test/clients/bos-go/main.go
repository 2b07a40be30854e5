// Runs selects with bce-sdk-go, which hands over the frames as they are, and prints them in base64.
// Argument: JSON of {endpoint, ak, sk, cases}.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/baidubce/bce-sdk-go/bce"
	"github.com/baidubce/bce-sdk-go/services/bos"
	"github.com/baidubce/bce-sdk-go/services/bos/api"
)

type input struct {
	CompressionType string            `json:"compressionType"`
	Csv             map[string]string `json:"csv"`
	JSON            map[string]string `json:"json"`
}

type output struct {
	OutputHeader bool              `json:"outputHeader"`
	Csv          map[string]string `json:"csv"`
	JSON         map[string]string `json:"json"`
}

type selectCase struct {
	Name     string `json:"name"`
	Bucket   string `json:"bucket"`
	Key      string `json:"key"`
	Type     string `json:"type"`
	SQL      string `json:"sql"`
	Input    input  `json:"input"`
	Output   output `json:"output"`
	Progress bool   `json:"progress"`
}

type job struct {
	Endpoint string       `json:"endpoint"`
	Ak       string       `json:"ak"`
	Sk       string       `json:"sk"`
	Cases    []selectCase `json:"cases"`
}

type seen struct {
	Name   string `json:"name"`
	Frames string `json:"frames,omitempty"`
	Error  string `json:"error,omitempty"`
}

func main() {
	var todo job
	if err := json.Unmarshal([]byte(os.Args[1]), &todo); err != nil {
		panic(err)
	}
	client, err := bos.NewClient(todo.Ak, todo.Sk, todo.Endpoint)
	if err != nil {
		panic(err)
	}
	client.Config.Retry = bce.NewNoRetryPolicy()
	var all []seen
	for _, one := range todo.Cases {
		all = append(all, run(client, one))
	}
	text, _ := json.Marshal(all)
	fmt.Println(string(text))
}

func run(client *bos.Client, one selectCase) seen {
	result, err := client.SelectObject(one.Bucket, one.Key, &api.SelectObjectArgs{
		SelectType: one.Type,
		SelectRequest: &api.SelectObjectRequest{
			Expression:     base64.StdEncoding.EncodeToString([]byte(one.SQL)),
			ExpressionType: "SQL",
			InputSerialization: &api.SelectObjectInput{
				CompressionType: one.Input.CompressionType,
				CsvParams:       one.Input.Csv,
				JsonParams:      one.Input.JSON,
			},
			OutputSerialization: &api.SelectObjectOutput{
				OutputHeader: one.Output.OutputHeader,
				CsvParams:    one.Output.Csv,
				JsonParams:   one.Output.JSON,
			},
			RequestProgress: &api.SelectObjectProgress{Enabled: one.Progress},
		},
	})
	if err != nil {
		if failure, ok := err.(*bce.BceServiceError); ok {
			return seen{Name: one.Name, Error: failure.Code}
		}
		panic(err)
	}
	defer result.Body.Close()
	frames, err := io.ReadAll(result.Body)
	if err != nil {
		panic(err)
	}
	return seen{Name: one.Name, Frames: base64.StdEncoding.EncodeToString(frames)}
}
